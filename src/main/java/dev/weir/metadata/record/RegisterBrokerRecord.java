package dev.weir.metadata.record;

import dev.weir.protocol.FieldReader;
import dev.weir.protocol.FieldWriter;
import dev.weir.protocol.TagWriter;
import dev.weir.protocol.Tagged;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.Uuid;
import org.jspecify.annotations.Nullable;

/**
 * A broker process has registered; it replaces whatever registration that id had.
 *
 * @param brokerId the broker
 * @param incarnationId of this process; another start of the same broker has another
 * @param brokerEpoch the offset of the first such record of this incarnation
 * @param endpoints where it listens
 * @param features the feature levels it can run at
 * @param rack where it stands; null where unknown
 * @param fenced true while it may not lead
 * @param inControlledShutdown true while it is leaving
 * @param logDirs the ids of its log directories
 */
public record RegisterBrokerRecord(
        int brokerId,
        Uuid incarnationId,
        long brokerEpoch,
        List<Endpoint> endpoints,
        List<FeatureRange> features,
        @Nullable String rack,
        boolean fenced,
        boolean inControlledShutdown,
        List<Uuid> logDirs)
        implements MetadataRecord {
    private static final int LOG_DIRS_TAG = 0;

    public RegisterBrokerRecord {
        endpoints = List.copyOf(endpoints);
        features = List.copyOf(features);
        logDirs = List.copyOf(logDirs);
    }

    static RegisterBrokerRecord read(FieldReader in, int version) {
        int brokerId = in.int32();
        if (version >= 2) {
            in.bool();
        }
        Uuid incarnation = in.uuid();
        long epoch = in.int64();
        List<Endpoint> endpoints = in.compactArray(Endpoint::read);
        List<FeatureRange> features = in.compactArray(FeatureRange::read);
        String rack = in.compactNullableString();
        boolean fenced = in.bool();
        boolean leaving = version >= 1 && in.bool();
        Tagged<List<Uuid>> logDirs = new Tagged<>(List.of());
        in.tags(Map.of(LOG_DIRS_TAG, () -> logDirs.set(in.compactUuids())));
        return new RegisterBrokerRecord(
                brokerId, incarnation, epoch, endpoints, features, rack, fenced, leaving, logDirs.get());
    }

    @Override
    public RecordType type() {
        return RecordType.REGISTER_BROKER;
    }

    @Override
    public void writeTo(FieldWriter out) {
        out.int32(brokerId);
        out.bool(false);
        out.uuid(incarnationId);
        out.int64(brokerEpoch);
        out.compactArray(endpoints, Endpoint::write);
        out.compactArray(features, FeatureRange::write);
        out.compactNullableString(rack);
        out.bool(fenced);
        out.bool(inControlledShutdown);
        new TagWriter()
                .add(!logDirs.isEmpty(), LOG_DIRS_TAG, tag -> tag.compactUuids(logDirs))
                .writeTo(out);
    }
}
