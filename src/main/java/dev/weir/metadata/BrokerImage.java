package dev.weir.metadata;

import dev.weir.metadata.record.BrokerRegistrationChangeRecord;
import dev.weir.metadata.record.Endpoint;
import dev.weir.metadata.record.FeatureRange;
import dev.weir.metadata.record.RegisterBrokerRecord;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.common.Uuid;
import org.jspecify.annotations.Nullable;

/**
 * A registered broker. Immutable.
 *
 * @param id from 0
 * @param epoch of the registration: the offset of the record that began it
 * @param incarnationId of the process
 * @param rack where it stands; null where unknown
 * @param endpoints where it listens
 * @param features the feature levels it can run at
 * @param logDirs the ids of its log directories
 * @param fenced true while it may not lead nor be in sync
 * @param inControlledShutdown true while it is leaving
 */
public record BrokerImage(
        int id,
        long epoch,
        Uuid incarnationId,
        @Nullable String rack,
        List<Endpoint> endpoints,
        List<FeatureRange> features,
        List<Uuid> logDirs,
        boolean fenced,
        boolean inControlledShutdown) {

    public BrokerImage {
        endpoints = List.copyOf(endpoints);
        features = List.copyOf(features);
        logDirs = List.copyOf(logDirs);
    }

    /** Whether it may lead partitions and join their ISR. */
    public boolean active() {
        return !fenced && !inControlledShutdown;
    }

    /** Whether its replica of a partition is in a directory that it has. */
    public boolean hasOnline(PartitionImage partition) {
        return DirectoryId.isOnline(partition.directoryOf(id), logDirs);
    }

    /** Where this broker is reached over the named listener; empty where it has no such listener. */
    public Optional<Endpoint> endpoint(String listener) {
        return endpoints.stream().filter(e -> e.listener().equals(listener)).findFirst();
    }

    static BrokerImage of(RegisterBrokerRecord record) {
        return new BrokerImage(
                record.brokerId(),
                record.brokerEpoch(),
                record.incarnationId(),
                record.rack(),
                record.endpoints(),
                record.features(),
                record.logDirs(),
                record.fenced(),
                record.inControlledShutdown());
    }

    RegisterBrokerRecord toRecord() {
        return new RegisterBrokerRecord(
                id, incarnationId, epoch, endpoints, features, rack, fenced, inControlledShutdown, logDirs);
    }

    /** This broker after a change of its registration. */
    public BrokerImage with(BrokerRegistrationChangeRecord change) {
        boolean nowFenced =
                switch (change.fencing()) {
                    case FENCE -> true;
                    case UNFENCE -> false;
                    case UNCHANGED -> fenced;
                };
        return new BrokerImage(
                id,
                epoch,
                incarnationId,
                rack,
                endpoints,
                features,
                change.logDirs().orElse(logDirs),
                nowFenced,
                inControlledShutdown || change.entersControlledShutdown());
    }
}
