package dev.weir.group.record;

import org.apache.kafka.common.protocol.ByteBufferAccessor;
import org.apache.kafka.coordinator.group.generated.OffsetCommitKey;
import org.apache.kafka.coordinator.group.generated.OffsetCommitValue;
import org.jspecify.annotations.Nullable;

/** {@code OffsetCommitKey} and {@code OffsetCommitValue}, versions 0 to 4. */
final class OffsetRecordCodec {
    private static final short WITH_EXPIRY = 1;
    private static final short NEWEST = 4;

    private OffsetRecordCodec() {}

    static CoordinatorRecord encode(GroupRecord.OffsetCommit record) {
        OffsetCommitKey key = new OffsetCommitKey()
                .setGroup(record.groupId())
                .setTopic(record.topic())
                .setPartition(record.partition());
        CommittedOffset value = record.value();
        if (value == null) {
            return GroupRecordCodec.record(key, null, NEWEST);
        }
        short version = value.expireTimestampMs() == -1 ? NEWEST : WITH_EXPIRY;
        return GroupRecordCodec.record(key, toGenerated(value), version);
    }

    private static OffsetCommitValue toGenerated(CommittedOffset value) {
        return new OffsetCommitValue()
                .setOffset(value.offset())
                .setLeaderEpoch(value.leaderEpoch())
                .setMetadata(value.metadata())
                .setCommitTimestamp(value.commitTimestampMs())
                .setExpireTimestamp(value.expireTimestampMs())
                .setTopicId(value.topicId());
    }

    static GroupRecord decode(ByteBufferAccessor in, @Nullable ByteBufferAccessor value) {
        OffsetCommitKey key = new OffsetCommitKey(in, GroupRecordCodec.KEY_VERSION);
        return new GroupRecord.OffsetCommit(
                key.group(), key.topic(), key.partition(), value == null ? null : committed(value));
    }

    private static CommittedOffset committed(ByteBufferAccessor in) {
        short version = GroupRecordCodec.version(in, NEWEST, "OffsetCommitValue");
        OffsetCommitValue value = new OffsetCommitValue(in, version);
        return new CommittedOffset(
                value.offset(),
                value.leaderEpoch(),
                value.metadata(),
                value.commitTimestamp(),
                value.expireTimestamp(),
                value.topicId());
    }
}
