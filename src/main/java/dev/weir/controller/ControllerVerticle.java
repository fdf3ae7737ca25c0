package dev.weir.controller;

import dev.weir.bus.Address;
import dev.weir.bus.BusException;
import dev.weir.bus.LocalBus;
import dev.weir.metadata.ClusterImage;
import dev.weir.metadata.ImageChange;
import dev.weir.metadata.MetadataUpdates;
import dev.weir.metadata.NewestImage;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.BiFunction;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The controller: asks {@link ControllerCore} for each decision, commits its records to the metadata log, and tells everybody
 * of the new image before it answers. A worker verticle with one thread of its own, which owns the log and syncs it.
 */
public final class ControllerVerticle extends VerticleBase {
    private static final Logger LOG = LoggerFactory.getLogger(ControllerVerticle.class);
    private static final long SNAPSHOT_CHECK_MS = 10_000;

    private final LocalBus bus;
    private final int brokerId;
    private final ControllerCore core;
    private final String clusterId;
    private final SnapshotPolicy snapshots;
    private final Callable<MetadataLogStore> store;
    private final NewestImage newest;
    private @Nullable MetadataLog opened;

    /**
     * The only controller of its cluster.
     *
     * @param store opens the log's files, on the controller's thread
     * @param newest where the image is kept up to date for all to read
     */
    public ControllerVerticle(
            LocalBus bus,
            int brokerId,
            ControllerCore core,
            String clusterId,
            SnapshotPolicy snapshots,
            Callable<MetadataLogStore> store,
            NewestImage newest) {
        this.bus = bus;
        this.brokerId = brokerId;
        this.core = core;
        this.clusterId = clusterId;
        this.snapshots = snapshots;
        this.store = store;
        this.newest = newest;
    }

    @Override
    public Future<?> start() throws Exception {
        MetadataLog log = MetadataLog.open(store.call(), clusterId, snapshots, now());
        opened = log;
        boolean isNew = log.isNew();
        log.beginEpoch(brokerId, List.of(brokerId), now());
        if (isNew) {
            log.commit(core.bootstrap(), now());
        }
        newest.set(log.image());
        serve(log, ControllerClient.CREATE_TOPICS, core::createTopics);
        serve(log, ControllerClient.DELETE_TOPICS, core::deleteTopics);
        serve(log, ControllerClient.CREATE_PARTITIONS, core::createPartitions);
        serve(log, ControllerClient.ALTER_CONFIGS, core::alterConfigs);
        serve(log, ControllerClient.INCREMENTAL_ALTER_CONFIGS, core::incrementalAlterConfigs);
        serve(log, ControllerClient.ALLOCATE_PRODUCER_IDS, core::allocateProducerIds);
        serve(log, ControllerClient.ALTER_REASSIGNMENTS, core::alterReassignments);
        serve(log, ControllerClient.ALTER_PARTITION, core::alterPartition);
        serve(log, ControllerClient.ASSIGN_REPLICAS_TO_DIRS, core::assignReplicasToDirs);
        serve(log, ControllerClient.BROKER_HEARTBEAT, core::heartbeat);
        serve(
                log,
                ControllerClient.REGISTER_BROKER,
                (image, request) -> core.registerOnlyBroker(image, request, log.nextOffset()));
        bus.serve(ControllerClient.IMAGE, ignored -> Future.succeededFuture(log.image()));
        vertx.setPeriodic(SNAPSHOT_CHECK_MS, timer -> log.snapshotIfDue(now()));
        return Future.succeededFuture();
    }

    @Override
    public Future<?> stop() throws Exception {
        if (opened != null) {
            opened.close();
        }
        return Future.succeededFuture();
    }

    private <Q, R> void serve(
            MetadataLog log, Address<Q, R> address, BiFunction<ClusterImage, Q, ControllerResult<R>> decision) {
        bus.serve(address, request -> {
            ControllerResult<R> result = decision.apply(log.image(), request);
            if (!result.records().isEmpty()) {
                try {
                    ImageChange change = log.commit(result.records(), now());
                    // First to the shards, which must know a partition before a request that has seen it comes to them.
                    bus.publish(MetadataUpdates.CHANGES, change);
                    newest.set(change.after());
                } catch (IOException e) {
                    LOG.error("A decision cannot be recorded", e);
                    return Future.failedFuture(
                            new BusException(Errors.KAFKA_STORAGE_ERROR, "the metadata log cannot be written"));
                }
            }
            return Future.succeededFuture(result.response());
        });
    }

    private static long now() {
        return System.currentTimeMillis();
    }
}
