package dev.weir.group.offset;

import dev.weir.group.core.Group;
import dev.weir.group.core.GroupCall;
import dev.weir.group.core.GroupDirectory;
import dev.weir.group.core.GroupOutput;
import dev.weir.group.record.CommittedOffset;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.OffsetFetchRequestData;
import org.apache.kafka.common.message.OffsetFetchRequestData.OffsetFetchRequestGroup;
import org.apache.kafka.common.message.OffsetFetchRequestData.OffsetFetchRequestTopics;
import org.apache.kafka.common.message.OffsetFetchResponseData.OffsetFetchResponseGroup;
import org.apache.kafka.common.message.OffsetFetchResponseData.OffsetFetchResponsePartitions;
import org.apache.kafka.common.message.OffsetFetchResponseData.OffsetFetchResponseTopics;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.OffsetFetchResponse;
import org.jspecify.annotations.Nullable;

/** OffsetFetch: of one group (to version 7) or of many; of some partitions, or of all that have an offset. */
public final class OffsetFetches {
    private static final short BATCHED = 8;

    private final GroupDirectory groups;
    private final OffsetStore offsets;
    private final TransactionalOffsets pending;

    public OffsetFetches(GroupDirectory groups, OffsetStore offsets, TransactionalOffsets pending) {
        this.groups = groups;
        this.offsets = offsets;
        this.pending = pending;
    }

    public void fetch(GroupCall call, OffsetFetchRequestData request, GroupOutput out) {
        List<OffsetFetchResponseGroup> answers = asked(call, request).stream()
                .map(group -> fetch(group, request.requireStable(), call.apiVersion()))
                .toList();
        out.reply(
                call.requestId(),
                new OffsetFetchResponse.Builder(answers)
                        .build(call.apiVersion())
                        .data());
    }

    /** The whole request refused, each group by itself. */
    public static ApiMessage refused(GroupCall call, OffsetFetchRequestData request, Errors error) {
        List<OffsetFetchResponseGroup> answers = asked(call, request).stream()
                .map(group -> OffsetFetchResponse.groupError(group, error, call.apiVersion()))
                .toList();
        return new OffsetFetchResponse.Builder(answers).build(call.apiVersion()).data();
    }

    private static List<OffsetFetchRequestGroup> asked(GroupCall call, OffsetFetchRequestData request) {
        if (call.apiVersion() >= BATCHED) {
            return request.groups();
        }
        List<OffsetFetchRequestTopics> topics = request.topics() == null
                ? null
                : request.topics().stream()
                        .map(t -> new OffsetFetchRequestTopics()
                                .setName(t.name())
                                .setPartitionIndexes(t.partitionIndexes()))
                        .toList();
        return List.of(
                new OffsetFetchRequestGroup().setGroupId(request.groupId()).setTopics(topics));
    }

    private OffsetFetchResponseGroup fetch(OffsetFetchRequestGroup asked, boolean requireStable, short apiVersion) {
        Group group = groups.find(asked.groupId());
        Errors error = group == null ? Errors.NONE : group.validateOffsetFetch(asked.memberId(), asked.memberEpoch());
        if (error != Errors.NONE) {
            return OffsetFetchResponse.groupError(asked, error, apiVersion);
        }
        List<OffsetFetchRequestTopics> topics = asked.topics();
        return new OffsetFetchResponseGroup()
                .setGroupId(asked.groupId())
                .setTopics(
                        topics == null
                                ? all(asked.groupId(), requireStable)
                                : topics.stream()
                                        .map(topic -> some(asked.groupId(), topic, requireStable))
                                        .toList());
    }

    private OffsetFetchResponseTopics some(String groupId, OffsetFetchRequestTopics topic, boolean requireStable) {
        List<OffsetFetchResponsePartitions> partitions = topic.partitionIndexes().stream()
                .map(partition -> {
                    CommittedOffset offset = offsets.get(groupId, topic.name(), partition);
                    boolean other = offset != null && isOther(offset.topicId(), topic.topicId());
                    return partition(groupId, topic.name(), partition, other ? null : offset, requireStable);
                })
                .toList();
        return new OffsetFetchResponseTopics()
                .setName(topic.name())
                .setTopicId(topic.topicId())
                .setPartitions(partitions);
    }

    private List<OffsetFetchResponseTopics> all(String groupId, boolean requireStable) {
        List<OffsetFetchResponseTopics> topics = new ArrayList<>();
        for (String name : offsets.topics(groupId)) {
            OffsetFetchResponseTopics topic = new OffsetFetchResponseTopics().setName(name);
            offsets.forEach(groupId, name, (partition, offset) -> {
                topic.setTopicId(offset.topicId());
                topic.partitions().add(partition(groupId, name, partition, offset, requireStable));
            });
            topics.add(topic);
        }
        return topics;
    }

    private OffsetFetchResponsePartitions partition(
            String groupId, String topic, int partition, @Nullable CommittedOffset offset, boolean requireStable) {
        OffsetFetchResponsePartitions answer = new OffsetFetchResponsePartitions()
                .setPartitionIndex(partition)
                .setCommittedOffset(OffsetFetchResponse.INVALID_OFFSET)
                .setMetadata(OffsetFetchResponse.NO_METADATA);
        if (requireStable && pending.isPending(groupId, topic, partition)) {
            return answer.setErrorCode(Errors.UNSTABLE_OFFSET_COMMIT.code());
        }
        return offset == null
                ? answer
                : answer.setCommittedOffset(offset.offset())
                        .setCommittedLeaderEpoch(offset.leaderEpoch())
                        .setMetadata(offset.metadata());
    }

    /** Committed for a topic that has since been deleted, while another of its name is asked for. */
    private static boolean isOther(Uuid committed, Uuid asked) {
        return !committed.equals(Uuid.ZERO_UUID) && !asked.equals(Uuid.ZERO_UUID) && !committed.equals(asked);
    }
}
