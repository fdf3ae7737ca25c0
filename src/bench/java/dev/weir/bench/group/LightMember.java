package dev.weir.bench.group;

import java.io.IOException;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.common.message.ConsumerGroupHeartbeatRequestData;
import org.apache.kafka.common.message.ConsumerGroupHeartbeatRequestData.TopicPartitions;
import org.apache.kafka.common.message.ConsumerGroupHeartbeatResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;

/**
 * A member of a consumer group that does as it is told and nothing else: it takes and gives partitions at once, and sends its
 * heartbeats when the broker wants them.
 */
final class LightMember {
    private static final short VERSION = 1;
    private static final int LEAVING = -1;
    private static final int REBALANCE_MS = 60_000;

    private final Asker asker;
    private final String groupId;
    private final String id;
    private final String topic;
    private List<TopicPartitions> owned = List.of();
    private int epoch;
    private long dueNanos = System.nanoTime();
    private int heartbeats;

    LightMember(Asker asker, String groupId, String id, String topic) {
        this.asker = asker;
        this.groupId = groupId;
        this.id = id;
        this.topic = topic;
    }

    /** The heartbeat that is due first, after a pause until then. */
    static void beatWhoeverIsDue(List<LightMember> all) throws IOException {
        LightMember next = all.stream()
                .min(Comparator.comparingLong(m -> m.dueNanos))
                .orElseThrow(() -> new IllegalArgumentException("nobody"));
        long pause = next.dueNanos - System.nanoTime();
        if (pause > 0) {
            LockSupport.parkNanos(pause);
        }
        next.beat();
    }

    /** How many partitions it owns. */
    int owned() {
        return owned.stream().mapToInt(t -> t.partitions().size()).sum();
    }

    int heartbeats() {
        return heartbeats;
    }

    void leave() throws IOException {
        send(new ConsumerGroupHeartbeatRequestData()
                .setGroupId(groupId)
                .setMemberId(id)
                .setMemberEpoch(LEAVING));
    }

    private void beat() throws IOException {
        ConsumerGroupHeartbeatRequestData request = new ConsumerGroupHeartbeatRequestData()
                .setGroupId(groupId)
                .setMemberId(id)
                .setMemberEpoch(epoch)
                .setTopicPartitions(owned);
        if (epoch == 0) {
            request.setRebalanceTimeoutMs(REBALANCE_MS).setSubscribedTopicNames(List.of(topic));
        }
        ConsumerGroupHeartbeatResponseData answer = send(request);
        heartbeats++;
        Errors error = Errors.forCode(answer.errorCode());
        if (error == Errors.COORDINATOR_LOAD_IN_PROGRESS) {
            return;
        }
        error.maybeThrow();
        epoch = answer.memberEpoch();
        boolean told = answer.assignment() != null;
        if (told) {
            owned = answer.assignment().topicPartitions().stream()
                    .map(t -> new TopicPartitions().setTopicId(t.topicId()).setPartitions(t.partitions()))
                    .toList();
        }
        dueNanos = System.nanoTime() + (told ? 0 : TimeUnit.MILLISECONDS.toNanos(answer.heartbeatIntervalMs()));
    }

    private ConsumerGroupHeartbeatResponseData send(ConsumerGroupHeartbeatRequestData request) throws IOException {
        return asker.ask(ApiKeys.CONSUMER_GROUP_HEARTBEAT, VERSION, request, ConsumerGroupHeartbeatResponseData::new);
    }
}
