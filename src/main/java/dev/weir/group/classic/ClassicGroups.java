package dev.weir.group.classic;

import dev.weir.group.core.GroupCall;
import dev.weir.group.core.GroupEffect.TimerKey;
import dev.weir.group.core.GroupOutput;
import dev.weir.group.core.GroupRules;
import dev.weir.group.record.ClassicGroupSnapshot;
import dev.weir.group.record.GroupRecord;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.apache.kafka.common.message.HeartbeatRequestData;
import org.apache.kafka.common.message.HeartbeatResponseData;
import org.apache.kafka.common.message.JoinGroupRequestData;
import org.apache.kafka.common.message.LeaveGroupRequestData;
import org.apache.kafka.common.message.LeaveGroupResponseData;
import org.apache.kafka.common.message.SyncGroupRequestData;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

/** The classic groups of one coordinator; finds the group that a request or a timer means. */
public final class ClassicGroups {
    private final Map<String, ClassicGroup> groups = new HashMap<>();
    private final GroupRules settings;
    private final ClassicRebalance rebalance;
    private final ClassicJoin join;
    private final ClassicSync sync;
    private final ClassicSession session;
    private final ClassicLeave leave;

    /** @param ids gives a new, unguessable suffix of a member id at each call */
    public ClassicGroups(GroupRules settings, Supplier<String> ids) {
        this.settings = settings;
        this.rebalance = new ClassicRebalance(settings);
        this.join = new ClassicJoin(settings, rebalance, ids);
        this.sync = new ClassicSync(rebalance);
        this.session = new ClassicSession(rebalance);
        this.leave = new ClassicLeave(rebalance, session);
    }

    @Nullable
    public ClassicGroup find(String groupId) {
        return groups.get(groupId);
    }

    public Collection<ClassicGroup> all() {
        return Collections.unmodifiableCollection(groups.values());
    }

    /** A group that only holds offsets comes into being with the first of them. */
    public void ensure(String groupId) {
        groups.computeIfAbsent(groupId, ClassicGroup::new);
    }

    /** A group that only holds offsets gives way to one with members. */
    public void giveWay(String groupId) {
        ClassicGroup group = groups.get(groupId);
        if (group != null && group.isSimple()) {
            groups.remove(groupId);
        }
    }

    public void replay(GroupRecord.ClassicGroupMetadata record) {
        ClassicGroupSnapshot value = record.value();
        if (value == null) {
            groups.remove(record.groupId());
        } else {
            groups.computeIfAbsent(record.groupId(), ClassicGroup::new).apply(value);
        }
    }

    public void join(GroupCall call, JoinGroupRequestData request, long nowMs, GroupOutput out) {
        Errors error = join.validate(request);
        ClassicGroup group = groups.get(request.groupId());
        if (error == Errors.NONE && group == null && !request.memberId().isEmpty()) {
            error = Errors.UNKNOWN_MEMBER_ID;
        }
        if (error != Errors.NONE) {
            out.reply(call.requestId(), ClassicReplies.joinRefused(request.memberId(), error, call.apiVersion()));
            return;
        }
        ClassicGroup joined = group == null ? new ClassicGroup(request.groupId()) : group;
        join.handle(joined, call, request, nowMs, out);
        if (!joined.isSimple()) {
            groups.put(joined.groupId(), joined);
        }
    }

    public void sync(GroupCall call, SyncGroupRequestData request, GroupOutput out) {
        ClassicGroup group = groups.get(request.groupId());
        if (group == null) {
            out.reply(call.requestId(), ClassicReplies.syncRefused(noGroup(request.groupId())));
        } else {
            sync.handle(group, call, request, out);
        }
    }

    public void heartbeat(GroupCall call, HeartbeatRequestData request, GroupOutput out) {
        ClassicGroup group = groups.get(request.groupId());
        if (group == null) {
            Errors error = noGroup(request.groupId());
            out.reply(call.requestId(), new HeartbeatResponseData().setErrorCode(error.code()));
        } else {
            session.heartbeat(group, call, request, out);
        }
    }

    public void leave(GroupCall call, LeaveGroupRequestData request, long nowMs, GroupOutput out) {
        ClassicGroup group = groups.get(request.groupId());
        if (group == null) {
            Errors error = noGroup(request.groupId());
            out.reply(call.requestId(), new LeaveGroupResponseData().setErrorCode(error.code()));
        } else {
            leave.handle(group, call, request, nowMs, out);
        }
    }

    /** A member that commits shows that it lives. */
    public void onCommit(String groupId, String memberId, GroupOutput out) {
        ClassicGroup group = groups.get(groupId);
        if (group != null) {
            session.onCommit(group, memberId, out);
        }
    }

    public void onTimer(TimerKey key, long nowMs, GroupOutput out) {
        ClassicGroup group = groups.get(key.groupId());
        if (group == null) {
            return;
        }
        switch (key.kind()) {
            case ClassicRebalance.SESSION -> session.onSessionTimer(group, key.memberId(), nowMs, out);
            case ClassicRebalance.JOIN -> rebalance.onJoinTimer(group, nowMs, out);
            case ClassicRebalance.SYNC -> rebalance.onSyncTimer(group, nowMs, out);
            default -> throw new IllegalArgumentException("not a classic group's timer: " + key);
        }
    }

    /** Sessions start afresh; a group that is larger than is now allowed rebalances, and one that was about to. */
    public void onLoaded(long nowMs, GroupOutput out) {
        for (ClassicGroup group : List.copyOf(groups.values())) {
            group.members.all().forEach(m -> ClassicRebalance.restartSession(group, m, out));
            if (group.members.size() > settings.maxSize() || group.isUnassigned()) {
                rebalance.begin(group, nowMs, out);
            }
        }
    }

    public void onUnloaded(GroupOutput out) {
        for (ClassicGroup group : groups.values()) {
            for (ClassicMember member : group.members.all()) {
                ClassicRebalance.answerJoin(group, member, Errors.NOT_COORDINATOR, out);
                ClassicRebalance.answerSync(group, member, Errors.NOT_COORDINATOR, out);
            }
        }
        groups.clear();
    }

    private static Errors noGroup(String groupId) {
        return groupId.isEmpty() ? Errors.INVALID_GROUP_ID : Errors.UNKNOWN_MEMBER_ID;
    }
}
