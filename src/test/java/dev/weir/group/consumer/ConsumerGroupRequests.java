package dev.weir.group.consumer;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.ConsumerGroupHeartbeatRequestData;
import org.apache.kafka.common.message.ConsumerGroupHeartbeatRequestData.TopicPartitions;
import org.apache.kafka.common.message.ConsumerGroupHeartbeatResponseData;

/** Heartbeats as a consumer sends them. */
public final class ConsumerGroupRequests {
    private ConsumerGroupRequests() {}

    public static ConsumerGroupHeartbeatRequestData join(String memberId, String... topics) {
        return new ConsumerGroupHeartbeatRequestData()
                .setGroupId(ConsumerGroupHarness.GROUP)
                .setMemberId(memberId)
                .setMemberEpoch(0)
                .setRebalanceTimeoutMs(5_000)
                .setSubscribedTopicNames(Arrays.asList(topics))
                .setTopicPartitions(List.of());
    }

    /** Says nothing new. */
    public static ConsumerGroupHeartbeatRequestData beat(String memberId, int epoch) {
        return new ConsumerGroupHeartbeatRequestData()
                .setGroupId(ConsumerGroupHarness.GROUP)
                .setMemberId(memberId)
                .setMemberEpoch(epoch);
    }

    public static ConsumerGroupHeartbeatRequestData owning(
            String memberId, int epoch, Uuid topic, Integer... partitions) {
        List<TopicPartitions> owned = new ArrayList<>();
        if (partitions.length > 0) {
            owned.add(new TopicPartitions().setTopicId(topic).setPartitions(Arrays.asList(partitions)));
        }
        return beat(memberId, epoch).setTopicPartitions(owned);
    }

    /** The partitions of one topic in an answer; empty where the answer has no assignment or the topic is not in it. */
    public static List<Integer> assigned(ConsumerGroupHeartbeatResponseData response, Uuid topic) {
        return response.assignment() == null
                ? List.of()
                : response.assignment().topicPartitions().stream()
                        .filter(t -> t.topicId().equals(topic))
                        .flatMap(t -> t.partitions().stream())
                        .toList();
    }
}
