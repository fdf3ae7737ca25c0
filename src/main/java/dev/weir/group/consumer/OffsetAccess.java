package dev.weir.group.consumer;

import dev.weir.group.core.Group.Committer;
import dev.weir.group.core.TopicView;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

/**
 * Which offsets a member of a consumer group may commit and read: those of its present epoch, and in an earlier one those of
 * partitions that it has had since (KIP-1251), for it may not have heard of its new epoch yet.
 */
final class OffsetAccess {
    /** Members of the consumer protocol have to commit with this version, the first that knows their errors. */
    private static final short MEMBER_EPOCHS_SINCE = 9;

    private static final int NO_EPOCH = -1;

    private OffsetAccess() {}

    static Errors mayCommit(ConsumerGroup group, Committer who) {
        if (who.generationOrEpoch() < 0 && group.isEmpty()) {
            return Errors.NONE;
        }
        boolean anonymous =
                who.generationOrEpoch() == NO_EPOCH && who.memberId().isEmpty() && who.groupInstanceId() == null;
        if (who.transactional() && anonymous) {
            return Errors.NONE;
        }
        Member member = group.member(who.memberId());
        if (member == null) {
            return Errors.UNKNOWN_MEMBER_ID;
        }
        if (!who.transactional() && !member.isClassic() && who.apiVersion() < MEMBER_EPOCHS_SINCE) {
            return Errors.UNSUPPORTED_VERSION;
        }
        boolean mayBeBehind = !member.isClassic() && who.generationOrEpoch() >= 0;
        return mayBeBehind && who.generationOrEpoch() < member.epoch()
                ? Errors.NONE
                : epoch(member, who.generationOrEpoch(), who.transactional());
    }

    /** @param topic null where there is none of the name that was given */
    static Errors mayCommit(ConsumerGroup group, Committer who, TopicView.@Nullable Topic topic, int partition) {
        Member member = group.member(who.memberId());
        if (member == null || member.isClassic() || who.generationOrEpoch() == member.epoch()) {
            return Errors.NONE;
        }
        Integer since = topic == null ? null : assignedSince(member, topic.id(), partition);
        return since != null && since <= who.generationOrEpoch()
                ? Errors.NONE
                : epoch(member, who.generationOrEpoch(), who.transactional());
    }

    private static @Nullable Integer assignedSince(Member member, Uuid topicId, int partition) {
        Integer assigned = member.progress().assigned().of(topicId).get(partition);
        return assigned != null
                ? assigned
                : member.progress().revoking().of(topicId).get(partition);
    }

    static Errors mayFetch(ConsumerGroup group, @Nullable String memberId, int memberEpoch) {
        String id = memberId == null ? "" : memberId;
        if (id.isEmpty() && memberEpoch < 0) {
            return Errors.NONE;
        }
        Member member = group.member(id);
        return member == null ? Errors.UNKNOWN_MEMBER_ID : epoch(member, memberEpoch, false);
    }

    /** Transactional commits know no error of their own for epochs. */
    private static Errors epoch(Member member, int received, boolean transactional) {
        if (received == member.epoch()) {
            return Errors.NONE;
        }
        return member.isClassic() || transactional ? Errors.ILLEGAL_GENERATION : Errors.STALE_MEMBER_EPOCH;
    }
}
