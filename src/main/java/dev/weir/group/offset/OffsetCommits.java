package dev.weir.group.offset;

import dev.weir.group.core.Group.Committer;
import dev.weir.group.core.GroupCall;
import dev.weir.group.core.GroupDirectory;
import dev.weir.group.core.GroupOutput;
import dev.weir.group.core.GroupRules;
import org.apache.kafka.common.message.OffsetCommitRequestData;
import org.apache.kafka.common.message.OffsetCommitRequestData.OffsetCommitRequestPartition;
import org.apache.kafka.common.message.OffsetCommitRequestData.OffsetCommitRequestTopic;
import org.apache.kafka.common.message.OffsetCommitResponseData;
import org.apache.kafka.common.message.OffsetCommitResponseData.OffsetCommitResponsePartition;
import org.apache.kafka.common.message.OffsetCommitResponseData.OffsetCommitResponseTopic;
import org.apache.kafka.common.protocol.Errors;

/** OffsetCommit: all partitions of one request become records of one append. */
public final class OffsetCommits {
    private static final short GROUP_ID_NOT_FOUND_KNOWN = 9;
    private static final long DEFAULT_RETENTION = -1;

    private final GroupRules settings;
    private final GroupDirectory groups;

    public OffsetCommits(GroupRules settings, GroupDirectory groups) {
        this.settings = settings;
        this.groups = groups;
    }

    /** @return whether the committer was let in; a member that was has shown that it lives */
    public boolean commit(GroupCall call, OffsetCommitRequestData request, long nowMs, GroupOutput out) {
        CommitIntake intake = intake(call, request, nowMs);
        long retentionMs = request.retentionTimeMs();
        long expireMs = retentionMs == DEFAULT_RETENTION ? CommitIntake.NEVER : nowMs + retentionMs;
        OffsetCommitResponseData response = new OffsetCommitResponseData();
        for (OffsetCommitRequestTopic topic : request.topics()) {
            OffsetCommitResponseTopic answer =
                    new OffsetCommitResponseTopic().setName(topic.name()).setTopicId(topic.topicId());
            for (OffsetCommitRequestPartition partition : topic.partitions()) {
                Errors error = intake.take(
                        topic.name(),
                        topic.topicId(),
                        partition.partitionIndex(),
                        partition.committedOffset(),
                        partition.committedLeaderEpoch(),
                        partition.committedMetadata(),
                        expireMs,
                        out::write);
                answer.partitions()
                        .add(new OffsetCommitResponsePartition()
                                .setPartitionIndex(partition.partitionIndex())
                                .setErrorCode(error.code()));
            }
            response.topics().add(answer);
        }
        out.reply(call.requestId(), response);
        return intake.error() == Errors.NONE;
    }

    private CommitIntake intake(GroupCall call, OffsetCommitRequestData request, long nowMs) {
        Committer committer = new Committer(
                request.memberId(),
                request.groupInstanceId(),
                request.generationIdOrMemberEpoch(),
                false,
                CommitIntake.names(request.topics().stream().map(OffsetCommitRequestTopic::name)),
                call.apiVersion());
        Errors unknownGroup =
                call.apiVersion() >= GROUP_ID_NOT_FOUND_KNOWN ? Errors.GROUP_ID_NOT_FOUND : Errors.ILLEGAL_GENERATION;
        return new CommitIntake(
                settings, request.groupId(), groups.find(request.groupId()), committer, unknownGroup, nowMs);
    }
}
