package dev.weir.group.record;

import java.nio.ByteBuffer;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.ByteBufferAccessor;
import org.apache.kafka.common.protocol.MessageUtil;
import org.apache.kafka.common.protocol.types.SchemaException;
import org.jspecify.annotations.Nullable;

/**
 * Turns typed records into the bytes of Kafka's own schemas and back, by Kafka's generated classes. The first two bytes of a
 * key name the type of the record, the first two of a value the version of its schema. Written are the versions that Kafka
 * 4.4 writes, read are all.
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

    /** Keys have a type in the place of a version. */
    static final short KEY_VERSION = 0;

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
     * @throws SchemaException if the record does not follow its schema
     */
    public static GroupRecord decode(byte[] key, byte @Nullable [] value) {
        try {
            ByteBufferAccessor keyReader = new ByteBufferAccessor(ByteBuffer.wrap(key));
            short type = keyReader.readShort();
            ByteBufferAccessor valueReader = value == null ? null : new ByteBufferAccessor(ByteBuffer.wrap(value));
            return decode(type, keyReader, valueReader);
        } catch (SchemaException e) {
            throw e;
        } catch (RuntimeException e) {
            // the generated readers have no exception of their own
            throw new SchemaException("malformed group record: " + e.getMessage(), e);
        }
    }

    private static GroupRecord decode(short type, ByteBufferAccessor key, @Nullable ByteBufferAccessor value) {
        return switch (type) {
            case LEGACY_OFFSET_COMMIT, OFFSET_COMMIT -> OffsetRecordCodec.decode(key, value);
            case GROUP_METADATA -> ClassicRecordCodec.decode(key, value);
            case CONSUMER_GROUP_METADATA,
                    CONSUMER_GROUP_PARTITION_METADATA,
                    CONSUMER_GROUP_MEMBER_METADATA,
                    CONSUMER_GROUP_TARGET_ASSIGNMENT_METADATA,
                    CONSUMER_GROUP_TARGET_ASSIGNMENT_MEMBER,
                    CONSUMER_GROUP_CURRENT_MEMBER_ASSIGNMENT,
                    CONSUMER_GROUP_REGULAR_EXPRESSION -> ConsumerRecordCodec.decode(type, key, value);
            default -> new GroupRecord.Unknown("", type);
        };
    }

    public static GroupRecord decode(CoordinatorRecord record) {
        return decode(record.key(), record.value());
    }

    /** The bytes of a record; a value of null is a tombstone. */
    static CoordinatorRecord record(ApiMessage key, @Nullable ApiMessage value, short valueVersion) {
        return new CoordinatorRecord(
                MessageUtil.toCoordinatorTypePrefixedBytes(key),
                value == null ? null : MessageUtil.toVersionPrefixedBytes(valueVersion, value));
    }

    /** The version of a value, checked against the versions that its schema has. */
    static short version(ByteBufferAccessor value, short highest, String schema) {
        short version = value.readShort();
        if (version < 0 || version > highest) {
            throw new SchemaException(schema + " has no version " + version);
        }
        return version;
    }
}
