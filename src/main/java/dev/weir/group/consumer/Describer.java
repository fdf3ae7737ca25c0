package dev.weir.group.consumer;

import dev.weir.group.assignor.Assignment;
import dev.weir.group.core.TopicView;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.ConsumerGroupDescribeRequestData;
import org.apache.kafka.common.message.ConsumerGroupDescribeResponseData;
import org.apache.kafka.common.protocol.Errors;

/** Answers ConsumerGroupDescribe. */
final class Describer {
    private static final short MEMBER_TYPE_SINCE = 1;
    private static final byte CLASSIC = 0;
    private static final byte CONSUMER = 1;

    private final ConsumerContext context;
    private final TopicView topics;

    Describer(ConsumerContext context, TopicView topics) {
        this.context = context;
        this.topics = topics;
    }

    ConsumerGroupDescribeResponseData describe(ConsumerGroupDescribeRequestData request, short version) {
        ConsumerGroupDescribeResponseData response = new ConsumerGroupDescribeResponseData();
        for (String groupId : request.groupIds()) {
            response.groups().add(describe(groupId, version));
        }
        return response;
    }

    private ConsumerGroupDescribeResponseData.DescribedGroup describe(String groupId, short version) {
        ConsumerGroupDescribeResponseData.DescribedGroup described =
                new ConsumerGroupDescribeResponseData.DescribedGroup().setGroupId(groupId);
        ConsumerGroup group = context.groups().get(groupId);
        if (groupId.isEmpty()) {
            return described.setErrorCode(Errors.INVALID_GROUP_ID.code());
        }
        if (group == null) {
            return described
                    .setErrorCode(Errors.GROUP_ID_NOT_FOUND.code())
                    .setErrorMessage("Group " + groupId + " not found.");
        }
        described
                .setGroupState(group.stateName())
                .setGroupEpoch(group.epoch())
                .setAssignmentEpoch(group.targetEpoch())
                .setAssignorName(
                        Targets.assignorOf(group, context.configOf(groupId)).name());
        for (Member member : group.members()) {
            described.members().add(describe(group, member, version));
        }
        return described;
    }

    private ConsumerGroupDescribeResponseData.Member describe(ConsumerGroup group, Member member, short version) {
        ConsumerGroupDescribeResponseData.Member described = new ConsumerGroupDescribeResponseData.Member()
                .setMemberId(member.id())
                .setInstanceId(member.instanceId())
                .setRackId(member.details().rackId())
                .setMemberEpoch(member.epoch())
                .setClientId(member.details().clientId())
                .setClientHost(member.details().clientHost())
                .setSubscribedTopicNames(member.details().subscribedTopicNames())
                .setSubscribedTopicRegex(member.details().subscribedTopicRegex())
                .setAssignment(assignment(partitions -> member.progress()
                        .assigned()
                        .partitions()
                        .forEach((topic, epochs) -> partitions.accept(topic, List.copyOf(epochs.keySet())))))
                .setTargetAssignment(assignment(partitions -> {
                    Assignment target = group.target(member.id());
                    target.topics().forEach(topic -> partitions.accept(topic, target.partitions(topic)));
                }));
        return version < MEMBER_TYPE_SINCE
                ? described
                : described.setMemberType(member.isClassic() ? CLASSIC : CONSUMER);
    }

    /** Topics that no longer exist have no name and are left out. */
    private ConsumerGroupDescribeResponseData.Assignment assignment(Source source) {
        List<ConsumerGroupDescribeResponseData.TopicPartitions> list = new ArrayList<>();
        source.feed((topicId, partitions) -> {
            TopicView.Topic topic = topics.byId(topicId);
            if (topic != null) {
                list.add(new ConsumerGroupDescribeResponseData.TopicPartitions()
                        .setTopicId(topicId)
                        .setTopicName(topic.name())
                        .setPartitions(partitions));
            }
        });
        return new ConsumerGroupDescribeResponseData.Assignment().setTopicPartitions(list);
    }

    /** Feeds topics with their partitions. */
    private interface Source {
        void feed(BiConsumer<Uuid, List<Integer>> to);
    }
}
