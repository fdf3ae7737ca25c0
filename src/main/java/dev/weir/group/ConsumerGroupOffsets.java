package dev.weir.group;

import dev.weir.group.Group.Committer;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

/** Which offsets a member of a consumer group may commit and read: those of its present epoch. */
final class ConsumerGroupOffsets {
    /** Members of the consumer protocol have to commit with this version, the first that knows their errors. */
    private static final short MEMBER_EPOCHS_SINCE = 9;

    private static final int NO_EPOCH = -1;

    private ConsumerGroupOffsets() {}

    static Errors mayCommit(ConsumerGroup group, Committer who) {
        if (who.generationOrEpoch() < 0 && group.isEmpty()) {
            return Errors.NONE;
        }
        boolean anonymous =
                who.generationOrEpoch() == NO_EPOCH && who.memberId().isEmpty() && who.groupInstanceId() == null;
        if (who.transactional() && anonymous) {
            return Errors.NONE;
        }
        ConsumerGroupMember member = group.member(who.memberId());
        if (member == null) {
            return Errors.UNKNOWN_MEMBER_ID;
        }
        if (!who.transactional() && !member.isClassic() && who.apiVersion() < MEMBER_EPOCHS_SINCE) {
            return Errors.UNSUPPORTED_VERSION;
        }
        return epoch(member, who.generationOrEpoch());
    }

    static Errors mayFetch(ConsumerGroup group, @Nullable String memberId, int memberEpoch) {
        String id = memberId == null ? "" : memberId;
        if (id.isEmpty() && memberEpoch < 0) {
            return Errors.NONE;
        }
        ConsumerGroupMember member = group.member(id);
        return member == null ? Errors.UNKNOWN_MEMBER_ID : epoch(member, memberEpoch);
    }

    private static Errors epoch(ConsumerGroupMember member, int received) {
        if (received == member.epoch()) {
            return Errors.NONE;
        }
        return member.isClassic() ? Errors.ILLEGAL_GENERATION : Errors.STALE_MEMBER_EPOCH;
    }
}
