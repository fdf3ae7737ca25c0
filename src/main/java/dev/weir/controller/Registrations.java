package dev.weir.controller;

import dev.weir.metadata.BrokerImage;
import dev.weir.metadata.ClusterImage;
import dev.weir.metadata.DirectoryId;
import dev.weir.metadata.Feature;
import dev.weir.metadata.record.Endpoint;
import dev.weir.metadata.record.FeatureRange;
import dev.weir.metadata.record.RegisterBrokerRecord;
import java.util.HashSet;
import java.util.List;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.BrokerRegistrationRequestData;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.security.auth.SecurityProtocol;

/** Checks a broker's registration and makes its record. */
final class Registrations {
    private Registrations() {}

    /** What is wrong with a registration; {@link Errors#NONE} where nothing is. */
    static Errors check(ClusterImage image, BrokerRegistrationRequestData request) {
        if (!image.clusterId().equals(request.clusterId())) {
            return Errors.INCONSISTENT_CLUSTER_ID;
        }
        List<Uuid> dirs = request.logDirs();
        if (dirs.isEmpty()
                || dirs.stream().anyMatch(DirectoryId::isReserved)
                || new HashSet<>(dirs).size() < dirs.size()
                || image.brokers().values().stream().anyMatch(b -> b.id() != request.brokerId() && shares(b, dirs))
                || request.features().find(Feature.METADATA_VERSION.featureName()) == null
                || request.listeners().stream().anyMatch(l -> SecurityProtocol.forId(l.securityProtocol()) == null)) {
            return Errors.INVALID_REGISTRATION;
        }
        return supports(image, request) ? Errors.NONE : Errors.UNSUPPORTED_VERSION;
    }

    static RegisterBrokerRecord record(
            BrokerRegistrationRequestData request, long epoch, boolean fenced, boolean inControlledShutdown) {
        return new RegisterBrokerRecord(
                request.brokerId(),
                request.incarnationId(),
                epoch,
                endpoints(request),
                request.features().stream().map(Registrations::range).toList(),
                request.rack(),
                fenced,
                inControlledShutdown,
                request.logDirs());
    }

    /** Where the broker listens; its listeners were checked. */
    static List<Endpoint> endpoints(BrokerRegistrationRequestData request) {
        return request.listeners().stream()
                .map(l -> new Endpoint(l.name(), l.host(), l.port(), SecurityProtocol.forId(l.securityProtocol())))
                .toList();
    }

    /** Whether the broker can run at the level of each feature; one that neither side names is off on both. */
    private static boolean supports(ClusterImage image, BrokerRegistrationRequestData request) {
        return image.features().keySet().stream()
                        .allMatch(name -> request.features().find(name) != null)
                && request.features().stream().allMatch(range -> range(range)
                        .contains(image.features().getOrDefault(range.name(), (short) 0)));
    }

    private static FeatureRange range(BrokerRegistrationRequestData.Feature range) {
        return new FeatureRange(range.name(), range.minSupportedVersion(), range.maxSupportedVersion());
    }

    private static boolean shares(BrokerImage broker, List<Uuid> dirs) {
        return broker.logDirs().stream().anyMatch(dirs::contains);
    }
}
