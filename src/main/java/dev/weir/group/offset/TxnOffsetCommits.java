package dev.weir.group.offset;

import dev.weir.group.core.Group.Committer;
import dev.weir.group.core.GroupCall;
import dev.weir.group.core.GroupDirectory;
import dev.weir.group.core.GroupOutcome;
import dev.weir.group.core.GroupOutput;
import dev.weir.group.core.GroupRules;
import dev.weir.group.record.GroupRecord;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.TxnOffsetCommitRequestData;
import org.apache.kafka.common.message.TxnOffsetCommitRequestData.TxnOffsetCommitRequestPartition;
import org.apache.kafka.common.message.TxnOffsetCommitRequestData.TxnOffsetCommitRequestTopic;
import org.apache.kafka.common.message.TxnOffsetCommitResponseData;
import org.apache.kafka.common.message.TxnOffsetCommitResponseData.TxnOffsetCommitResponsePartition;
import org.apache.kafka.common.message.TxnOffsetCommitResponseData.TxnOffsetCommitResponseTopic;
import org.apache.kafka.common.protocol.Errors;

/** TxnOffsetCommit: offsets that come into force with their transaction. */
public final class TxnOffsetCommits {
    private final GroupRules settings;
    private final GroupDirectory groups;
    private final TransactionalOffsets pending;

    public TxnOffsetCommits(GroupRules settings, GroupDirectory groups, TransactionalOffsets pending) {
        this.settings = settings;
        this.groups = groups;
        this.pending = pending;
    }

    public void commit(GroupCall call, TxnOffsetCommitRequestData request, long nowMs, GroupOutput out) {
        CommitIntake intake = intake(call, request, nowMs);
        List<GroupRecord.OffsetCommit> records = new ArrayList<>();
        TxnOffsetCommitResponseData response = new TxnOffsetCommitResponseData();
        for (TxnOffsetCommitRequestTopic topic : request.topics()) {
            TxnOffsetCommitResponseTopic answer = new TxnOffsetCommitResponseTopic().setName(topic.name());
            for (TxnOffsetCommitRequestPartition partition : topic.partitions()) {
                Errors error = intake.take(
                        topic.name(),
                        Uuid.ZERO_UUID,
                        partition.partitionIndex(),
                        partition.committedOffset(),
                        partition.committedLeaderEpoch(),
                        partition.committedMetadata(),
                        CommitIntake.NEVER,
                        records::add);
                answer.partitions()
                        .add(new TxnOffsetCommitResponsePartition()
                                .setPartitionIndex(partition.partitionIndex())
                                .setErrorCode(error.code()));
            }
            response.topics().add(answer);
        }
        if (!records.isEmpty()) {
            records.forEach(record -> pending.replay(request.producerId(), record));
            out.writeTransactional(new GroupOutcome.Producer(request.producerId(), request.producerEpoch()), records);
        }
        out.reply(call.requestId(), response);
    }

    private CommitIntake intake(GroupCall call, TxnOffsetCommitRequestData request, long nowMs) {
        Committer committer = new Committer(
                request.memberId(),
                request.groupInstanceId(),
                request.generationIdOrMemberEpoch(),
                true,
                CommitIntake.names(request.topics().stream().map(TxnOffsetCommitRequestTopic::name)),
                call.apiVersion());
        return new CommitIntake(
                settings,
                request.groupId(),
                groups.find(request.groupId()),
                committer,
                Errors.ILLEGAL_GENERATION,
                nowMs);
    }
}
