package dev.weir.group;

import dev.weir.group.Group.Committer;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.Set;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.OffsetCommitRequestData;
import org.apache.kafka.common.message.OffsetCommitRequestData.OffsetCommitRequestPartition;
import org.apache.kafka.common.message.OffsetCommitRequestData.OffsetCommitRequestTopic;
import org.apache.kafka.common.message.OffsetCommitResponseData;
import org.apache.kafka.common.message.OffsetCommitResponseData.OffsetCommitResponsePartition;
import org.apache.kafka.common.message.OffsetCommitResponseData.OffsetCommitResponseTopic;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

/** OffsetCommit: all partitions of one request become records of one append. */
final class OffsetCommits {
    private static final short GROUP_ID_NOT_FOUND_KNOWN = 9;
    private static final long DEFAULT_RETENTION = -1;

    private final GroupSettings settings;
    private final GroupDirectory groups;

    OffsetCommits(GroupSettings settings, GroupDirectory groups) {
        this.settings = settings;
        this.groups = groups;
    }

    /** @return whether the committer was let in; a member that was has shown that it lives */
    boolean commit(GroupCall call, OffsetCommitRequestData request, long nowMs, GroupOutput out) {
        Group group = groups.find(request.groupId());
        Committer committer = committer(call, request);
        Errors error = validate(group, call, committer);
        OffsetCommitResponseData response = new OffsetCommitResponseData();
        for (OffsetCommitRequestTopic topic : request.topics()) {
            OffsetCommitResponseTopic answer =
                    new OffsetCommitResponseTopic().setName(topic.name()).setTopicId(topic.topicId());
            for (OffsetCommitRequestPartition partition : topic.partitions()) {
                Errors own = error == Errors.NONE
                        ? check(
                                group,
                                committer,
                                topic.name(),
                                partition.partitionIndex(),
                                partition.committedMetadata())
                        : error;
                if (own == Errors.NONE) {
                    out.write(new GroupRecord.OffsetCommit(
                            request.groupId(),
                            topic.name(),
                            partition.partitionIndex(),
                            committed(partition, topic.topicId(), request.retentionTimeMs(), nowMs)));
                }
                answer.partitions()
                        .add(new OffsetCommitResponsePartition()
                                .setPartitionIndex(partition.partitionIndex())
                                .setErrorCode(own.code()));
            }
            response.topics().add(answer);
        }
        out.reply(call.requestId(), response);
        return error == Errors.NONE;
    }

    private static Errors validate(@Nullable Group group, GroupCall call, Committer committer) {
        if (group == null) {
            // one that is in no group may commit under any name; one that claims a generation is mistaken
            return committer.generationOrEpoch() < 0
                    ? Errors.NONE
                    : call.apiVersion() >= GROUP_ID_NOT_FOUND_KNOWN
                            ? Errors.GROUP_ID_NOT_FOUND
                            : Errors.ILLEGAL_GENERATION;
        }
        return group.validateOffsetCommit(committer);
    }

    private static Committer committer(GroupCall call, OffsetCommitRequestData request) {
        Set<String> topics = new HashSet<>();
        request.topics().forEach(t -> topics.add(t.name()));
        return new Committer(
                request.memberId(),
                request.groupInstanceId(),
                request.generationIdOrMemberEpoch(),
                false,
                topics,
                call.apiVersion());
    }

    /** What may be wrong with one partition of a commit whose sender was let in; the group is null where there is none. */
    Errors check(@Nullable Group group, Committer committer, String topic, int partition, @Nullable String metadata) {
        Errors own = group == null ? Errors.NONE : group.validateOffsetCommit(committer, topic, partition);
        return own == Errors.NONE ? checkMetadata(metadata) : own;
    }

    private Errors checkMetadata(@Nullable String metadata) {
        boolean fits = metadata == null
                || metadata.length() <= settings.offsetMetadataMaxBytes()
                        && metadata.getBytes(StandardCharsets.UTF_8).length <= settings.offsetMetadataMaxBytes();
        return fits ? Errors.NONE : Errors.OFFSET_METADATA_TOO_LARGE;
    }

    private static CommittedOffset committed(
            OffsetCommitRequestPartition partition, Uuid topicId, long retentionMs, long nowMs) {
        String metadata = partition.committedMetadata();
        return new CommittedOffset(
                partition.committedOffset(),
                partition.committedLeaderEpoch(),
                metadata == null ? "" : metadata,
                nowMs,
                retentionMs == DEFAULT_RETENTION ? -1 : nowMs + retentionMs,
                topicId);
    }
}
