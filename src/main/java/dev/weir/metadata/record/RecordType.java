package dev.weir.metadata.record;

import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/** The types of metadata records: Kafka's key of each, the version written here and the newest that can be read. */
public enum RecordType {
    REGISTER_BROKER(0, 3, 4),
    UNREGISTER_BROKER(1, 0, 0),
    TOPIC(2, 0, 0),
    PARTITION(3, 1, 2),
    CONFIG(4, 0, 0),
    PARTITION_CHANGE(5, 1, 2),
    REMOVE_TOPIC(9, 0, 0),
    FEATURE_LEVEL(12, 0, 0),
    PRODUCER_IDS(15, 0, 0),
    BROKER_REGISTRATION_CHANGE(17, 2, 3),
    NO_OP(20, 0, 0);

    private static final Map<Integer, RecordType> BY_KEY =
            Arrays.stream(values()).collect(Collectors.toUnmodifiableMap(RecordType::key, Function.identity()));

    private final int key;
    private final short writtenVersion;
    private final short newestVersion;

    RecordType(int key, int writtenVersion, int newestVersion) {
        this.key = key;
        this.writtenVersion = (short) writtenVersion;
        this.newestVersion = (short) newestVersion;
    }

    /** Kafka's number of this schema. */
    public int key() {
        return key;
    }

    /** The schema version in which records are written. */
    public short writtenVersion() {
        return writtenVersion;
    }

    /** The newest schema version understood when reading; all from 0 on are. */
    public short newestVersion() {
        return newestVersion;
    }

    static Optional<RecordType> ofKey(int key) {
        return Optional.ofNullable(BY_KEY.get(key));
    }
}
