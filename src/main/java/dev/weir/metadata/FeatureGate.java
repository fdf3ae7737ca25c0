package dev.weir.metadata;

import dev.weir.metadata.record.RecordType;
import java.util.EnumMap;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.kafka.common.protocol.ApiKeys;

/**
 * Says which level a record or an API needs. Whatever is added to either is a row here, so that brokers of two versions can run
 * side by side until the level is raised. Stateless.
 */
public final class FeatureGate {
    /** The version in which each record is written, by the {@code metadata.version} from which on it is. */
    private static final Map<RecordType, NavigableMap<Short, Short>> RECORDS = new EnumMap<>(RecordType.class);

    private static final Map<ApiKeys, Need> APIS = Map.of(
            ApiKeys.CONSUMER_GROUP_HEARTBEAT, new Need(Feature.GROUP_VERSION, 1),
            ApiKeys.CONSUMER_GROUP_DESCRIBE, new Need(Feature.GROUP_VERSION, 1));

    static {
        int oldest = Feature.METADATA_VERSION.supported().min();
        for (RecordType type : RecordType.values()) {
            written(type, oldest, 0);
        }
        written(RecordType.REGISTER_BROKER, oldest, 3);
        written(RecordType.PARTITION, oldest, 1);
        written(RecordType.PARTITION, 23, 2);
        written(RecordType.PARTITION_CHANGE, oldest, 1);
        written(RecordType.PARTITION_CHANGE, 23, 2);
        written(RecordType.BROKER_REGISTRATION_CHANGE, oldest, 2);
    }

    private FeatureGate() {}

    /**
     * A level that something needs.
     *
     * @param feature of which
     * @param level from which on it is there
     */
    public record Need(Feature feature, short level) {
        private Need(Feature feature, int level) {
            this(feature, (short) level);
        }

        /** Whether the cluster runs at that level. */
        public boolean isMet(ClusterImage image) {
            return feature.level(image.features()) >= level;
        }
    }

    /**
     * The version in which a record is written.
     *
     * @param metadataVersion the level that the cluster runs at
     * @throws IllegalArgumentException if there is no such record at that level
     */
    public static short recordVersion(RecordType type, short metadataVersion) {
        Map.Entry<Short, Short> row = rows(type).floorEntry(metadataVersion);
        if (row == null) {
            throw new IllegalArgumentException(
                    "there is no record " + type + " at metadata.version " + metadataVersion);
        }
        return row.getValue();
    }

    /** The {@code metadata.version} of an image; the newest one while the cluster is so new that it has none. */
    public static short metadataVersion(ClusterImage image) {
        return image.features()
                .getOrDefault(
                        Feature.METADATA_VERSION.featureName(),
                        Feature.METADATA_VERSION.supported().max());
    }

    /** The level that an API needs; empty if it needs none. */
    public static Optional<Need> of(ApiKeys api) {
        return Optional.ofNullable(APIS.get(api));
    }

    private static void written(RecordType type, int since, int version) {
        rows(type).put((short) since, (short) version);
    }

    private static NavigableMap<Short, Short> rows(RecordType type) {
        return RECORDS.computeIfAbsent(type, none -> new TreeMap<>());
    }
}
