package dev.weir.it;

import dev.weir.network.KafkaChannels;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.OptionalInt;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.metrics.Metrics;
import org.apache.kafka.common.network.ListenerName;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.common.utils.internals.LogContext;
import org.apache.kafka.image.MetadataDelta;
import org.apache.kafka.image.MetadataImage;
import org.apache.kafka.image.MetadataProvenance;
import org.apache.kafka.metadata.MetadataRecordSerde;
import org.apache.kafka.raft.Batch;
import org.apache.kafka.raft.BatchReader;
import org.apache.kafka.raft.Endpoints;
import org.apache.kafka.raft.FileQuorumStateStore;
import org.apache.kafka.raft.KafkaNetworkChannel;
import org.apache.kafka.raft.KafkaRaftClient;
import org.apache.kafka.raft.KafkaRaftClientDriver;
import org.apache.kafka.raft.MetadataLogConfig;
import org.apache.kafka.raft.QuorumConfig;
import org.apache.kafka.raft.RaftClient;
import org.apache.kafka.raft.TimingWheelExpirationService;
import org.apache.kafka.raft.internals.KafkaRaftLog;
import org.apache.kafka.server.common.ApiMessageAndVersion;
import org.apache.kafka.server.common.Feature;
import org.apache.kafka.server.common.OffsetAndEpoch;
import org.apache.kafka.server.util.KafkaScheduler;
import org.apache.kafka.server.util.timer.SystemTimer;
import org.apache.kafka.snapshot.SnapshotReader;

/**
 * Kafka's own {@code KafkaRaftClient}, as an observer of a metadata quorum whose voters it does not know, and Kafka's image of
 * all that it hands out. Its log and its snapshots are on the disk; it runs until it is closed.
 */
final class KafkaObserver implements AutoCloseable {
    private static final TopicPartition LOG = new TopicPartition("__cluster_metadata", 0);
    private static final String LISTENER = "PLAINTEXT";

    private final KafkaScheduler scheduler = new KafkaScheduler(1);
    private final TimingWheelExpirationService expirations =
            new TimingWheelExpirationService(new SystemTimer("observer"));
    private final KafkaRaftClientDriver<ApiMessageAndVersion> driver;
    private final Collected collected = new Collected();

    /** @param bootstrap some brokers of the cluster */
    KafkaObserver(Path home, int id, String clusterId, List<InetSocketAddress> bootstrap) throws Exception {
        Path directory = home.resolve("__cluster_metadata-0");
        directory.toFile().mkdirs();
        scheduler.startup();
        KafkaNetworkChannel channel = KafkaChannels.create(LISTENER);
        LogContext context = new LogContext("[observer " + id + "] ");
        KafkaRaftLog log = KafkaRaftLog.createLog(
                LOG,
                Uuid.METADATA_TOPIC_ID,
                directory.toFile(),
                Time.SYSTEM,
                scheduler,
                new MetadataLogConfig(new AbstractConfig(MetadataLogConfig.CONFIG_DEF, Map.of(), false)),
                id);
        KafkaRaftClient<ApiMessageAndVersion> client = new KafkaRaftClient<>(
                OptionalInt.of(id),
                Uuid.randomUuid(),
                MetadataRecordSerde.INSTANCE,
                channel,
                log,
                Time.SYSTEM,
                expirations,
                context,
                false,
                clusterId,
                bootstrap,
                Endpoints.empty(),
                Feature.KRAFT_VERSION.supportedVersionRange(),
                new QuorumConfig(new AbstractConfig(QuorumConfig.CONFIG_DEF, Map.of(), false)));
        driver = new KafkaRaftClientDriver<>(
                client,
                "observer-" + id,
                (message, cause) -> {
                    collected.faults.add(message + ": " + cause);
                    return new IllegalStateException(message, cause);
                },
                context);
        client.initialize(
                Map.of(),
                new FileQuorumStateStore(directory.resolve("quorum-state").toFile()),
                new Metrics(),
                ignored -> {});
        client.register(collected);
        channel.start();
        driver.start();
    }

    /** The offset up to which everything was handed out. */
    long nextOffset() {
        return collected.next;
    }

    /** Every record that was handed out, by its offset, but for those of snapshots. */
    NavigableMap<Long, ApiMessageAndVersion> records() {
        return collected.records;
    }

    /** Which snapshots were handed out. */
    List<OffsetAndEpoch> snapshots() {
        return collected.snapshots;
    }

    /** Whether it has read where this voter listens. */
    boolean knowsVoter(int id) {
        return driver.client().voterNode(id, new ListenerName(LISTENER)).isPresent();
    }

    MetadataImage image() {
        return collected.image;
    }

    /** What should never be: holes, epochs that go back, and what Kafka calls a fault. */
    List<String> faults() {
        return collected.faults;
    }

    @Override
    public void close() throws Exception {
        driver.shutdown();
        driver.client().close();
        expirations.shutdown();
        scheduler.shutdown();
    }

    /** Written by the client's thread only. */
    private static final class Collected implements RaftClient.Listener<ApiMessageAndVersion> {
        private final NavigableMap<Long, ApiMessageAndVersion> records = new ConcurrentSkipListMap<>();
        private final List<OffsetAndEpoch> snapshots = new CopyOnWriteArrayList<>();
        private final List<String> faults = new CopyOnWriteArrayList<>();
        private volatile MetadataImage image = MetadataImage.EMPTY;
        private volatile long next;
        private int epoch;

        @Override
        public void handleCommit(BatchReader<ApiMessageAndVersion> reader) {
            try (reader) {
                reader.forEachRemaining(this::take);
            }
        }

        /** One batch at a time: Kafka's delta keeps the settings of a topic that comes and goes within it. */
        private void take(Batch<ApiMessageAndVersion> batch) {
            if (batch.baseOffset() != next || batch.epoch() < epoch) {
                faults.add(batch + " follows " + next + " in epoch " + epoch);
            }
            MetadataDelta delta = new MetadataDelta.Builder().setImage(image).build();
            long offset = batch.baseOffset();
            for (ApiMessageAndVersion record : batch.records()) {
                records.put(offset++, record);
                delta.replay(record.message());
            }
            publish(delta, batch.lastOffset() + 1, batch.epoch());
        }

        @Override
        public void handleLoadSnapshot(SnapshotReader<ApiMessageAndVersion> reader) {
            try (reader) {
                MetadataDelta delta =
                        new MetadataDelta.Builder().setImage(image).build();
                while (reader.hasNext()) {
                    reader.next().records().forEach(record -> delta.replay(record.message()));
                }
                delta.finishSnapshot();
                publish(delta, reader.lastContainedLogOffset() + 1, reader.lastContainedLogEpoch());
                snapshots.add(reader.snapshotId());
            }
        }

        @Override
        public void handleLoadBootstrap(SnapshotReader<ApiMessageAndVersion> reader) {
            reader.close();
            faults.add("a bootstrap snapshot");
        }

        private void publish(MetadataDelta delta, long end, int ofEpoch) {
            image = delta.apply(new MetadataProvenance(end - 1, ofEpoch, 0, true));
            next = end;
            epoch = ofEpoch;
        }
    }
}
