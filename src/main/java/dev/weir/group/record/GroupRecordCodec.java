package dev.weir.group.record;

import dev.weir.protocol.FieldReader;
import java.nio.ByteBuffer;
import org.apache.kafka.common.protocol.types.SchemaException;
import org.jspecify.annotations.Nullable;

/**
 * Turns typed records into Kafka's own schemas and back. The first two bytes of a key name the type of the record, the
 * first two of a value the version of its schema. Written are the versions that Kafka 4.4 writes, read are all.
 */
public final class GroupRecordCodec {
    static final short LEGACY_OFFSET_COMMIT = 0;
    static final short OFFSET_COMMIT = 1;
    static final short GROUP_METADATA = 2;
    static final short CONSUMER_GROUP_METADATA = 3;
    static final short CONSUMER_GROUP_PARTITION_METADATA = 4;
    static final short CONSUMER_GROUP_MEMBER_METADATA = 5;
    static final short CONSUMER_GROUP_TARGET_ASSIGNMENT_METADATA = 6;
    static final short CONSUMER_GROUP_TARGET_ASSIGNMENT_MEMBER = 7;
    static final short CONSUMER_GROUP_CURRENT_MEMBER_ASSIGNMENT = 8;
    static final short CONSUMER_GROUP_REGULAR_EXPRESSION = 16;

    private GroupRecordCodec() {}

    public static CoordinatorRecord encode(GroupRecord record) {
        if (record instanceof GroupRecord.OffsetCommit r) {
            return OffsetRecordCodec.encode(r);
        }
        if (record instanceof GroupRecord.ClassicGroupMetadata r) {
            return ClassicRecordCodec.encode(r);
        }
        return ConsumerRecordCodec.encode(record);
    }

    /**
     * @param key not empty; may be a damaged one
     * @param value null for a tombstone
     * @throws SchemaException where the record does not follow its schema
     */
    public static GroupRecord decode(byte[] key, byte @Nullable [] value) {
        FieldReader keyReader = new FieldReader(ByteBuffer.wrap(key));
        short type = keyReader.int16();
        FieldReader valueReader = value == null ? null : new FieldReader(ByteBuffer.wrap(value));
        return switch (type) {
            case LEGACY_OFFSET_COMMIT, OFFSET_COMMIT -> OffsetRecordCodec.decode(keyReader, valueReader);
            case GROUP_METADATA -> ClassicRecordCodec.decode(keyReader, valueReader);
            case CONSUMER_GROUP_METADATA,
                    CONSUMER_GROUP_PARTITION_METADATA,
                    CONSUMER_GROUP_MEMBER_METADATA,
                    CONSUMER_GROUP_TARGET_ASSIGNMENT_METADATA,
                    CONSUMER_GROUP_TARGET_ASSIGNMENT_MEMBER,
                    CONSUMER_GROUP_CURRENT_MEMBER_ASSIGNMENT,
                    CONSUMER_GROUP_REGULAR_EXPRESSION -> ConsumerRecordCodec.decode(type, keyReader, valueReader);
            default -> new GroupRecord.Unknown("", type);
        };
    }

    public static GroupRecord decode(CoordinatorRecord record) {
        return decode(record.key(), record.value());
    }

    /** The version of a value, checked against the versions that its schema has. */
    static short version(FieldReader value, int highest, String schema) {
        short version = value.int16();
        if (version < 0 || version > highest) {
            throw new SchemaException(schema + " has no version " + version);
        }
        return version;
    }
}
