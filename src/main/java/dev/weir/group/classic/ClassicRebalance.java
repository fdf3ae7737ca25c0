package dev.weir.group.classic;

import dev.weir.group.classic.ClassicMember.Waiting;
import dev.weir.group.classic.ClassicState.CompletingRebalance;
import dev.weir.group.classic.ClassicState.PreparingRebalance;
import dev.weir.group.classic.ClassicState.Stable;
import dev.weir.group.core.GroupEffect.TimerKey;
import dev.weir.group.core.GroupOutput;
import dev.weir.group.core.GroupRules;
import dev.weir.group.record.GroupRecord;
import java.util.List;
import org.apache.kafka.common.protocol.Errors;

/** Takes a classic group from one generation to the next: the transitions of {@link ClassicState} and their timers. */
public final class ClassicRebalance {
    public static final String SESSION = "classic-session";
    public static final String JOIN = "classic-join";
    public static final String SYNC = "classic-sync";

    private final GroupRules settings;

    public ClassicRebalance(GroupRules settings) {
        this.settings = settings;
    }

    /** Somebody came, changed or went. */
    void afterChange(ClassicGroup group, long nowMs, GroupOutput out) {
        if (group.state().canRebalance()) {
            begin(group, nowMs, out);
        } else {
            completeIfAllJoined(group, nowMs, out);
        }
    }

    public void begin(ClassicGroup group, long nowMs, GroupOutput out) {
        if (group.state() instanceof CompletingRebalance) {
            group.members.all().forEach(m -> {
                m.assignment = new byte[0];
                answerSync(group, m, Errors.REBALANCE_IN_PROGRESS, out);
            });
        }
        out.cancelTimer(new TimerKey(group.groupId(), SYNC, ""));
        if (group.isEmpty()) {
            int delayMs = settings.initialRebalanceDelayMs();
            int remainingMs = Math.max(group.members.maxRebalanceTimeoutMs() - delayMs, 0);
            out.startTimer(joinTimer(group), delayMs);
            group.memberAdded = false;
            group.become(new PreparingRebalance(true, delayMs, remainingMs), nowMs);
            return;
        }
        group.become(new PreparingRebalance(false, 0, 0), nowMs);
        if (group.members.allJoined()) {
            completeJoin(group, nowMs, out);
        } else {
            out.startTimer(joinTimer(group), group.members.maxRebalanceTimeoutMs());
        }
    }

    void completeIfAllJoined(ClassicGroup group, long nowMs, GroupOutput out) {
        if (group.state() instanceof PreparingRebalance state && !state.initial() && group.members.allJoined()) {
            completeJoin(group, nowMs, out);
        }
    }

    void onJoinTimer(ClassicGroup group, long nowMs, GroupOutput out) {
        if (!(group.state() instanceof PreparingRebalance state)) {
            return;
        }
        if (state.initial() && group.memberAdded && state.remainingMs() > 0) {
            group.memberAdded = false;
            int delayMs = Math.min(settings.initialRebalanceDelayMs(), state.remainingMs());
            int remainingMs = Math.max(state.remainingMs() - state.waitedMs(), 0);
            group.become(new PreparingRebalance(true, delayMs, remainingMs), nowMs);
            out.startTimer(joinTimer(group), delayMs);
        } else {
            completeJoin(group, nowMs, out);
        }
    }

    /** Members that took the join but never asked for their assignment hold the others up no longer. */
    void onSyncTimer(ClassicGroup group, long nowMs, GroupOutput out) {
        boolean synced = group.members.pendingSync().isEmpty();
        if (synced || !(group.state() instanceof CompletingRebalance || group.state() instanceof Stable)) {
            return;
        }
        for (String memberId : List.copyOf(group.members.pendingSync())) {
            removeSilently(group, memberId, out);
        }
        begin(group, nowMs, out);
    }

    private void completeJoin(ClassicGroup group, long nowMs, GroupOutput out) {
        out.cancelTimer(joinTimer(group));
        group.members.all().stream()
                .filter(m -> m.awaitingJoin == null && m.instanceId == null)
                .toList()
                .forEach(m -> removeSilently(group, m.memberId, out));
        if (!group.members.electJoinedLeader() && !group.members.isEmpty()) {
            // only static members are left and none has come back: wait until one does or their sessions end
            out.startTimer(joinTimer(group), group.members.maxRebalanceTimeoutMs());
            return;
        }
        group.nextGeneration(nowMs);
        if (!group.isEmpty()) {
            out.rebalanced();
        }
        if (group.isEmpty()) {
            out.write(new GroupRecord.ClassicGroupMetadata(group.groupId(), group.snapshot()));
            return;
        }
        for (ClassicMember member : group.members.all()) {
            Waiting waiting = member.awaitingJoin;
            if (waiting != null) {
                group.members.awaitJoin(member, null);
                out.reply(waiting.requestId(), ClassicReplies.joined(group, member, waiting.apiVersion()));
            }
            member.isNew = false;
            restartSession(group, member, out);
            group.members.pendingSync().add(member.memberId);
        }
        out.startTimer(syncTimer(group), group.members.maxRebalanceTimeoutMs());
    }

    /** Answers a join and a sync that wait, each as its kind of removal asks, and takes the member out. */
    void remove(ClassicGroup group, ClassicMember member, Errors error, GroupOutput out) {
        answerJoin(group, member, error, out);
        answerSync(group, member, error, out);
        removeSilently(group, member.memberId, out);
    }

    /**
     * The group goes over to the consumer protocol: who waits is told to rejoin, and no timer runs any more. Kafka answers a
     * JoinGroup that waits with REBALANCE_IN_PROGRESS, which no other JoinGroup that a client waits for is answered with, and
     * on which clients of librdkafka give up; so it is told of the generation as it was, and the SyncGroup that follows is answered so.
     */
    public void abandon(ClassicGroup group, GroupOutput out) {
        out.cancelTimer(joinTimer(group));
        out.cancelTimer(syncTimer(group));
        group.members.pendingJoin().forEach(memberId -> out.cancelTimer(sessionTimer(group, memberId)));
        for (ClassicMember member : group.members.all()) {
            Waiting waiting = member.awaitingJoin;
            if (waiting != null) {
                group.members.awaitJoin(member, null);
                String protocol = member.protocols.get(0).name();
                out.reply(
                        waiting.requestId(),
                        ClassicReplies.joinedConsumerGroup(
                                member.memberId, group.generation(), protocol, waiting.apiVersion()));
            }
            answerSync(group, member, Errors.REBALANCE_IN_PROGRESS, out);
            out.cancelTimer(sessionTimer(group, member.memberId));
        }
    }

    /** Takes a member, or a newcomer that has only its id, out of the way of the others. */
    void drop(ClassicGroup group, String memberId, long nowMs, GroupOutput out) {
        removeSilently(group, memberId, out);
        completeIfAllJoined(group, nowMs, out);
    }

    private static void removeSilently(ClassicGroup group, String memberId, GroupOutput out) {
        ClassicMember member = group.members.find(memberId);
        if (member != null) {
            answerSync(group, member, Errors.UNKNOWN_MEMBER_ID, out);
        }
        group.members.remove(memberId);
        out.cancelTimer(sessionTimer(group, memberId));
    }

    static void answerJoin(ClassicGroup group, ClassicMember member, Errors error, GroupOutput out) {
        Waiting waiting = member.awaitingJoin;
        if (waiting != null) {
            group.members.awaitJoin(member, null);
            String memberId = error == Errors.UNKNOWN_MEMBER_ID ? "" : member.memberId;
            out.reply(waiting.requestId(), ClassicReplies.joinRefused(memberId, error, waiting.apiVersion()));
        }
    }

    static void answerSync(ClassicGroup group, ClassicMember member, Errors error, GroupOutput out) {
        Waiting waiting = member.awaitingSync;
        if (waiting != null) {
            member.awaitingSync = null;
            out.reply(waiting.requestId(), ClassicReplies.synced(group, member, error));
            restartSession(group, member, out);
        }
    }

    void synced(ClassicGroup group, String memberId, GroupOutput out) {
        group.members.pendingSync().remove(memberId);
        if (group.members.pendingSync().isEmpty()) {
            out.cancelTimer(syncTimer(group));
        }
    }

    public static void restartSession(ClassicGroup group, ClassicMember member, GroupOutput out) {
        out.startTimer(sessionTimer(group, member.memberId), member.sessionTimeoutMs);
    }

    public static TimerKey sessionTimer(ClassicGroup group, String memberId) {
        return new TimerKey(group.groupId(), SESSION, memberId);
    }

    private static TimerKey joinTimer(ClassicGroup group) {
        return new TimerKey(group.groupId(), JOIN, "");
    }

    private static TimerKey syncTimer(ClassicGroup group) {
        return new TimerKey(group.groupId(), SYNC, "");
    }
}
