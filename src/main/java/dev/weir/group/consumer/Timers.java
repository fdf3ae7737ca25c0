package dev.weir.group.consumer;

import dev.weir.group.consumer.Progress.State;
import dev.weir.group.core.GroupEffect.TimerKey;
import dev.weir.group.core.GroupOutput;
import java.util.List;

/** The timers of consumer groups and their members. */
final class Timers {
    /** A member has been silent for its session timeout. */
    static final String SESSION = "consumer-session";
    /** A member has not given up its partitions within its rebalance timeout. */
    static final String REBALANCE = "consumer-rebalance";
    /** A classic member has not rejoined within its rebalance timeout. */
    static final String JOIN = "consumer-join";
    /** A classic member has not fetched its assignment within its rebalance timeout. */
    static final String SYNC = "consumer-sync";
    /** The next step of a group's expressions is due. */
    static final String REGEX = "consumer-regex";

    private Timers() {}

    static TimerKey session(String groupId, String memberId) {
        return new TimerKey(groupId, SESSION, memberId);
    }

    static TimerKey rebalance(String groupId, String memberId) {
        return new TimerKey(groupId, REBALANCE, memberId);
    }

    static TimerKey join(String groupId, String memberId) {
        return new TimerKey(groupId, JOIN, memberId);
    }

    static TimerKey sync(String groupId, String memberId) {
        return new TimerKey(groupId, SYNC, memberId);
    }

    static TimerKey regex(String groupId) {
        return new TimerKey(groupId, REGEX, "");
    }

    /** How long a member may be silent: a classic one says so itself. */
    static int sessionTimeoutMs(Member member, ConsumerGroupRules config) {
        var classic = member.details().classic();
        return classic == null ? config.sessionTimeoutMs() : classic.sessionTimeoutMs();
    }

    /** Lets the rebalance timer run while the member has partitions to give up. */
    static void onProgress(ConsumerGroup group, Member member, GroupOutput out) {
        TimerKey key = rebalance(group.id(), member.id());
        if (member.progress().state() == State.UNREVOKED_PARTITIONS && !member.isClassic()) {
            out.startTimer(key, member.details().rebalanceTimeoutMs());
        } else {
            out.cancelTimer(key);
        }
    }

    static void cancelAll(String groupId, String memberId, GroupOutput out) {
        List.of(
                        session(groupId, memberId),
                        rebalance(groupId, memberId),
                        join(groupId, memberId),
                        sync(groupId, memberId))
                .forEach(out::cancelTimer);
    }
}
