package dev.weir.metadata.record;

import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * The types of metadata records: Kafka's key of each, and the newest version that can be read. The version that is written
 * depends on the level of the cluster ({@link dev.weir.metadata.FeatureGate}).
 */
public enum RecordType {
    REGISTER_BROKER(0, 4),
    UNREGISTER_BROKER(1, 0),
    TOPIC(2, 0),
    PARTITION(3, 2),
    CONFIG(4, 0),
    PARTITION_CHANGE(5, 2),
    REMOVE_TOPIC(9, 0),
    FEATURE_LEVEL(12, 0),
    PRODUCER_IDS(15, 0),
    BROKER_REGISTRATION_CHANGE(17, 3),
    NO_OP(20, 0),
    CLEAR_ELR(28, 0);

    private static final Map<Integer, RecordType> BY_KEY =
            Arrays.stream(values()).collect(Collectors.toUnmodifiableMap(RecordType::key, Function.identity()));

    private final int key;
    private final short newestVersion;

    RecordType(int key, int newestVersion) {
        this.key = key;
        this.newestVersion = (short) newestVersion;
    }

    /** Kafka's number of this schema. */
    public int key() {
        return key;
    }

    /** The newest schema version understood when reading; all from 0 on are. */
    public short newestVersion() {
        return newestVersion;
    }

    static Optional<RecordType> ofKey(int key) {
        return Optional.ofNullable(BY_KEY.get(key));
    }
}
