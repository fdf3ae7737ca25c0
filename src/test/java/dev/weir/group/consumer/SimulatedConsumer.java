package dev.weir.group.consumer;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.ConsumerGroupHeartbeatRequestData;
import org.apache.kafka.common.message.ConsumerGroupHeartbeatResponseData;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

/**
 * A consumer as the protocol wants it: one heartbeat at a time, full after a lost answer, partitions given up before that is
 * reported, everything dropped when it is fenced.
 */
public final class SimulatedConsumer {
    public String memberId;
    final @Nullable String instanceId;
    int epoch;
    List<String> names;

    @Nullable
    String regex;

    public boolean left;
    public boolean fatal;
    private boolean fullNext = true;
    private boolean ownedChanged;
    public final Map<Uuid, Set<Integer>> owned = new TreeMap<>();
    private Map<Uuid, Set<Integer>> wanted = Map.of();

    public SimulatedConsumer(
            String memberId, @Nullable String instanceId, Collection<String> names, @Nullable String regex) {
        this.memberId = memberId;
        this.instanceId = instanceId;
        this.names = List.copyOf(names);
        this.regex = regex;
    }

    void subscribe(Collection<String> newNames, @Nullable String newRegex) {
        names = List.copyOf(newNames);
        regex = newRegex;
        fullNext = true;
    }

    public ConsumerGroupHeartbeatRequestData request() {
        ConsumerGroupHeartbeatRequestData request = new ConsumerGroupHeartbeatRequestData()
                .setGroupId(ConsumerGroupHarness.GROUP)
                .setMemberId(memberId)
                .setMemberEpoch(epoch)
                .setInstanceId(instanceId);
        if (fullNext || epoch == 0) {
            // what it has been told to own counts as owned in a report of all it owns
            reconcile();
            request.setRebalanceTimeoutMs(30_000)
                    .setSubscribedTopicNames(names)
                    .setSubscribedTopicRegex(regex == null ? "" : regex)
                    .setTopicPartitions(ownedAsList());
        } else if (ownedChanged) {
            request.setTopicPartitions(ownedAsList());
        }
        return request;
    }

    private List<ConsumerGroupHeartbeatRequestData.TopicPartitions> ownedAsList() {
        List<ConsumerGroupHeartbeatRequestData.TopicPartitions> list = new ArrayList<>();
        owned.forEach((topic, partitions) -> list.add(new ConsumerGroupHeartbeatRequestData.TopicPartitions()
                .setTopicId(topic)
                .setPartitions(List.copyOf(partitions))));
        return list;
    }

    public ConsumerGroupHeartbeatRequestData leaveRequest(boolean forNow) {
        owned.clear();
        left = true;
        return new ConsumerGroupHeartbeatRequestData()
                .setGroupId(ConsumerGroupHarness.GROUP)
                .setMemberId(memberId)
                .setInstanceId(instanceId)
                .setMemberEpoch(forNow ? -2 : -1);
    }

    /** The answer did not come. */
    void onLost() {
        fullNext = true;
    }

    public void onResponse(ConsumerGroupHeartbeatResponseData response) {
        Errors error = Errors.forCode(response.errorCode());
        if (error == Errors.FENCED_MEMBER_EPOCH || error == Errors.UNKNOWN_MEMBER_ID) {
            epoch = 0;
            owned.clear();
            wanted = Map.of();
            fullNext = true;
        } else if (error == Errors.UNRELEASED_INSTANCE_ID || error == Errors.FENCED_INSTANCE_ID) {
            owned.clear();
            fatal = true;
        } else if (error == Errors.NONE) {
            memberId = response.memberId();
            epoch = response.memberEpoch();
            fullNext = false;
            ownedChanged = false;
            if (response.assignment() != null) {
                wanted = new TreeMap<>();
                response.assignment()
                        .topicPartitions()
                        .forEach(t -> wanted.put(t.topicId(), new TreeSet<>(t.partitions())));
            }
        } else {
            throw new AssertionError(response.toString());
        }
    }

    /** Gives up and takes over partitions as last told; returns whether anything changed. */
    public boolean reconcile() {
        if (owned.equals(wanted)) {
            return false;
        }
        owned.clear();
        wanted.forEach((topic, partitions) -> owned.put(topic, new TreeSet<>(partitions)));
        ownedChanged = true;
        return true;
    }

    boolean isReconciled() {
        return owned.equals(wanted) && !ownedChanged && epoch > 0;
    }
}
