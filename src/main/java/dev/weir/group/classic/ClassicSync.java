package dev.weir.group.classic;

import dev.weir.group.classic.ClassicMember.Waiting;
import dev.weir.group.classic.ClassicState.CompletingRebalance;
import dev.weir.group.core.GroupCall;
import dev.weir.group.core.GroupOutput;
import dev.weir.group.record.GroupRecord;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.kafka.common.message.SyncGroupRequestData;
import org.apache.kafka.common.message.SyncGroupRequestData.SyncGroupRequestAssignment;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

/** SyncGroup: the leader hands in the assignment, everybody takes theirs. */
final class ClassicSync {
    private static final short NAMES_PROTOCOL = 5;

    private final ClassicRebalance rebalance;

    ClassicSync(ClassicRebalance rebalance) {
        this.rebalance = rebalance;
    }

    void handle(ClassicGroup group, GroupCall call, SyncGroupRequestData request, GroupOutput out) {
        Errors error = validate(group, call, request);
        ClassicMember member = group.members.find(request.memberId());
        if (error != Errors.NONE || member == null) {
            out.reply(call.requestId(), ClassicReplies.syncRefused(error));
            return;
        }
        ClassicRebalance.answerSync(group, member, Errors.REBALANCE_IN_PROGRESS, out);
        member.awaitingSync = Waiting.of(call);
        rebalance.synced(group, member.memberId, out);
        if (!(group.state() instanceof CompletingRebalance)) {
            ClassicRebalance.answerSync(group, member, Errors.NONE, out);
        } else if (group.members.isLeader(member.memberId)) {
            assign(group, request, out);
        }
    }

    /** The assignment is in the log before anybody learns of it: replies wait for the records before them. */
    private static void assign(ClassicGroup group, SyncGroupRequestData request, GroupOutput out) {
        Map<String, byte[]> assignments = request.assignments().stream()
                .collect(Collectors.toMap(
                        SyncGroupRequestAssignment::memberId, SyncGroupRequestAssignment::assignment, (a, b) -> b));
        group.members.all().forEach(m -> m.assignment = assignments.getOrDefault(m.memberId, new byte[0]));
        out.write(new GroupRecord.ClassicGroupMetadata(group.groupId(), group.snapshot()));
        group.members.all().forEach(m -> ClassicRebalance.answerSync(group, m, Errors.NONE, out));
    }

    private static Errors validate(ClassicGroup group, GroupCall call, SyncGroupRequestData request) {
        if (call.apiVersion() >= NAMES_PROTOCOL && (request.protocolType() == null || request.protocolName() == null)) {
            return Errors.INCONSISTENT_GROUP_PROTOCOL;
        }
        if (group.isEmpty()) {
            return group.state().sync();
        }
        Errors known = group.validateMember(request.memberId(), request.groupInstanceId());
        if (known != Errors.NONE) {
            return known;
        }
        if (request.generationId() != group.generation()) {
            return Errors.ILLEGAL_GENERATION;
        }
        if (differs(request.protocolType(), group.protocolType())
                || differs(request.protocolName(), group.protocolName())) {
            return Errors.INCONSISTENT_GROUP_PROTOCOL;
        }
        return group.state().sync();
    }

    private static boolean differs(@Nullable String asked, @Nullable String actual) {
        return asked != null && actual != null && !asked.equals(actual);
    }
}
