package dev.weir.group;

import dev.weir.group.Group.Committer;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.TxnOffsetCommitRequestData;
import org.apache.kafka.common.message.TxnOffsetCommitRequestData.TxnOffsetCommitRequestPartition;
import org.apache.kafka.common.message.TxnOffsetCommitRequestData.TxnOffsetCommitRequestTopic;
import org.apache.kafka.common.message.TxnOffsetCommitResponseData;
import org.apache.kafka.common.message.TxnOffsetCommitResponseData.TxnOffsetCommitResponsePartition;
import org.apache.kafka.common.message.TxnOffsetCommitResponseData.TxnOffsetCommitResponseTopic;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

/** TxnOffsetCommit: offsets that come into force with their transaction. */
final class TxnOffsetCommits {
    private final OffsetCommits commits;
    private final GroupDirectory groups;
    private final TransactionalOffsets pending;

    TxnOffsetCommits(OffsetCommits commits, GroupDirectory groups, TransactionalOffsets pending) {
        this.commits = commits;
        this.groups = groups;
        this.pending = pending;
    }

    void commit(GroupCall call, TxnOffsetCommitRequestData request, long nowMs, GroupOutput out) {
        Group group = groups.find(request.groupId());
        Committer committer = committer(call, request);
        Errors error = validate(group, committer);
        List<GroupRecord.OffsetCommit> records = new ArrayList<>();
        TxnOffsetCommitResponseData response = new TxnOffsetCommitResponseData();
        for (TxnOffsetCommitRequestTopic topic : request.topics()) {
            TxnOffsetCommitResponseTopic answer = new TxnOffsetCommitResponseTopic().setName(topic.name());
            for (TxnOffsetCommitRequestPartition partition : topic.partitions()) {
                Errors own = error == Errors.NONE
                        ? commits.check(
                                group,
                                committer,
                                topic.name(),
                                partition.partitionIndex(),
                                partition.committedMetadata())
                        : error;
                if (own == Errors.NONE) {
                    records.add(record(request.groupId(), topic.name(), partition, nowMs));
                }
                answer.partitions()
                        .add(new TxnOffsetCommitResponsePartition()
                                .setPartitionIndex(partition.partitionIndex())
                                .setErrorCode(own.code()));
            }
            response.topics().add(answer);
        }
        if (!records.isEmpty()) {
            records.forEach(record -> pending.replay(request.producerId(), record));
            out.writeTransactional(new GroupOutcome.Producer(request.producerId(), request.producerEpoch()), records);
        }
        out.reply(call.requestId(), response);
    }

    private static GroupRecord.OffsetCommit record(
            String groupId, String topic, TxnOffsetCommitRequestPartition partition, long nowMs) {
        String metadata = partition.committedMetadata();
        return new GroupRecord.OffsetCommit(
                groupId,
                topic,
                partition.partitionIndex(),
                new CommittedOffset(
                        partition.committedOffset(),
                        partition.committedLeaderEpoch(),
                        metadata == null ? "" : metadata,
                        nowMs,
                        -1,
                        Uuid.ZERO_UUID));
    }

    private static Errors validate(@Nullable Group group, Committer committer) {
        if (group == null) {
            return committer.generationOrEpoch() < 0 ? Errors.NONE : Errors.ILLEGAL_GENERATION;
        }
        return group.validateOffsetCommit(committer);
    }

    private static Committer committer(GroupCall call, TxnOffsetCommitRequestData request) {
        Set<String> topics = new HashSet<>();
        request.topics().forEach(t -> topics.add(t.name()));
        return new Committer(
                request.memberId(),
                request.groupInstanceId(),
                request.generationIdOrMemberEpoch(),
                true,
                topics,
                call.apiVersion());
    }
}
