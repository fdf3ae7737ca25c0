package dev.weir.group;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerPartitionAssignor.Subscription;
import org.apache.kafka.clients.consumer.internals.ConsumerProtocol;
import org.apache.kafka.common.message.HeartbeatRequestData;
import org.apache.kafka.common.message.JoinGroupRequestData;
import org.apache.kafka.common.message.JoinGroupRequestData.JoinGroupRequestProtocol;
import org.apache.kafka.common.message.JoinGroupRequestData.JoinGroupRequestProtocolCollection;
import org.apache.kafka.common.message.LeaveGroupRequestData;
import org.apache.kafka.common.message.LeaveGroupRequestData.MemberIdentity;
import org.apache.kafka.common.message.OffsetCommitRequestData;
import org.apache.kafka.common.message.OffsetCommitRequestData.OffsetCommitRequestPartition;
import org.apache.kafka.common.message.OffsetCommitRequestData.OffsetCommitRequestTopic;
import org.apache.kafka.common.message.SyncGroupRequestData;
import org.apache.kafka.common.message.SyncGroupRequestData.SyncGroupRequestAssignment;
import org.jspecify.annotations.Nullable;

/** The requests of classic members of group {@code g}, as a consumer would send them. */
public final class ClassicRequests {
    static final String GROUP = "g";
    static final int SESSION_MS = 10_000;
    static final int REBALANCE_MS = 60_000;

    private ClassicRequests() {}

    public static JoinGroupRequestData join(String memberId, String... protocols) {
        JoinGroupRequestProtocolCollection collection = new JoinGroupRequestProtocolCollection();
        for (String protocol : protocols) {
            collection.add(new JoinGroupRequestProtocol().setName(protocol).setMetadata(subscription("t")));
        }
        return new JoinGroupRequestData()
                .setGroupId(GROUP)
                .setMemberId(memberId)
                .setSessionTimeoutMs(SESSION_MS)
                .setRebalanceTimeoutMs(REBALANCE_MS)
                .setProtocolType("consumer")
                .setProtocols(collection);
    }

    static byte[] subscription(String... topics) {
        ByteBuffer buffer = ConsumerProtocol.serializeSubscription(new Subscription(List.of(topics)));
        byte[] bytes = new byte[buffer.remaining()];
        buffer.get(bytes);
        return bytes;
    }

    public static SyncGroupRequestData sync(String memberId, int generation, Map<String, String> assignments) {
        return new SyncGroupRequestData()
                .setGroupId(GROUP)
                .setMemberId(memberId)
                .setGenerationId(generation)
                .setProtocolType("consumer")
                .setProtocolName("range")
                .setAssignments(assignments.entrySet().stream()
                        .map(e -> new SyncGroupRequestAssignment()
                                .setMemberId(e.getKey())
                                .setAssignment(e.getValue().getBytes(StandardCharsets.UTF_8)))
                        .toList());
    }

    public static HeartbeatRequestData heartbeat(String memberId, int generation) {
        return new HeartbeatRequestData()
                .setGroupId(GROUP)
                .setMemberId(memberId)
                .setGenerationId(generation);
    }

    static LeaveGroupRequestData leave(MemberIdentity... members) {
        return new LeaveGroupRequestData().setGroupId(GROUP).setMembers(List.of(members));
    }

    static MemberIdentity who(String memberId, @Nullable String instanceId) {
        return new MemberIdentity().setMemberId(memberId).setGroupInstanceId(instanceId);
    }

    public static OffsetCommitRequestData commit(
            String memberId, int generation, String topic, int partition, long offset) {
        return commit(
                memberId,
                generation,
                topic,
                new OffsetCommitRequestPartition().setPartitionIndex(partition).setCommittedOffset(offset));
    }

    public static OffsetCommitRequestData commit(
            String memberId, int generation, String topic, OffsetCommitRequestPartition... partitions) {
        return new OffsetCommitRequestData()
                .setGroupId(GROUP)
                .setMemberId(memberId)
                .setGenerationIdOrMemberEpoch(generation)
                .setTopics(List.of(new OffsetCommitRequestTopic().setName(topic).setPartitions(List.of(partitions))));
    }
}
