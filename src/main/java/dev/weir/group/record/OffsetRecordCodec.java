package dev.weir.group.record;

import dev.weir.protocol.FieldReader;
import dev.weir.protocol.FieldWriter;
import org.apache.kafka.common.Uuid;
import org.jspecify.annotations.Nullable;

/** {@code OffsetCommitKey} and {@code OffsetCommitValue}, versions 0 to 4. */
final class OffsetRecordCodec {
    private static final short WITH_EXPIRY = 1;
    private static final short NEWEST = 4;

    private OffsetRecordCodec() {}

    static CoordinatorRecord encode(GroupRecord.OffsetCommit record) {
        byte[] key = new FieldWriter(
                        10 + record.groupId().length() + record.topic().length())
                .int16(GroupRecordCodec.OFFSET_COMMIT)
                .string(record.groupId())
                .string(record.topic())
                .int32(record.partition())
                .toBytes();
        CommittedOffset value = record.value();
        return new CoordinatorRecord(key, value == null ? null : value(value));
    }

    private static byte[] value(CommittedOffset value) {
        FieldWriter writer = new FieldWriter(48 + value.metadata().length());
        if (value.expireTimestampMs() != -1) {
            return writer.int16(WITH_EXPIRY)
                    .int64(value.offset())
                    .string(value.metadata())
                    .int64(value.commitTimestampMs())
                    .int64(value.expireTimestampMs())
                    .toBytes();
        }
        writer.int16(NEWEST)
                .int64(value.offset())
                .int32(value.leaderEpoch())
                .compactString(value.metadata())
                .int64(value.commitTimestampMs());
        if (value.topicId().equals(Uuid.ZERO_UUID)) {
            writer.noTags();
        } else {
            writer.oneTag(0, new FieldWriter(16).uuid(value.topicId()));
        }
        return writer.toBytes();
    }

    static GroupRecord decode(FieldReader key, @Nullable FieldReader value) {
        return new GroupRecord.OffsetCommit(
                key.string(), key.string(), key.int32(), value == null ? null : committed(value));
    }

    private static CommittedOffset committed(FieldReader in) {
        short version = GroupRecordCodec.version(in, NEWEST, "OffsetCommitValue");
        long offset = in.int64();
        int leaderEpoch = version >= 3 ? in.int32() : -1;
        String metadata = version >= 4 ? in.compactString() : in.string();
        long commitTimestampMs = in.int64();
        long expireTimestampMs = version == WITH_EXPIRY ? in.int64() : -1;
        Uuid topicId = version >= 4 ? in.tag(0, FieldReader::uuid) : null;
        return new CommittedOffset(
                offset,
                leaderEpoch,
                metadata,
                commitTimestampMs,
                expireTimestampMs,
                topicId == null ? Uuid.ZERO_UUID : topicId);
    }
}
