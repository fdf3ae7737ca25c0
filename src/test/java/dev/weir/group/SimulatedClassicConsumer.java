package dev.weir.group;

import dev.weir.group.core.TopicView;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.apache.kafka.clients.consumer.ConsumerPartitionAssignor.Assignment;
import org.apache.kafka.clients.consumer.ConsumerPartitionAssignor.Subscription;
import org.apache.kafka.clients.consumer.internals.ConsumerProtocol;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.message.HeartbeatRequestData;
import org.apache.kafka.common.message.HeartbeatResponseData;
import org.apache.kafka.common.message.JoinGroupRequestData;
import org.apache.kafka.common.message.JoinGroupResponseData;
import org.apache.kafka.common.message.LeaveGroupRequestData;
import org.apache.kafka.common.message.SyncGroupRequestData;
import org.apache.kafka.common.message.SyncGroupRequestData.SyncGroupRequestAssignment;
import org.apache.kafka.common.message.SyncGroupResponseData;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.utils.Utils;

/**
 * A classic consumer of one topic as it should be: eager (gives everything up before it rejoins) or cooperative (keeps what it
 * has, and rejoins once it has given up what it lost).
 */
final class SimulatedClassicConsumer {
    private static final String TOPIC = "t";

    private enum Phase {
        JOINING,
        SYNCING,
        WORKING
    }

    private final MigrationHarness harness;
    private final boolean cooperative;
    private Phase phase = Phase.JOINING;
    private Map<String, byte[]> assignments = Map.of();
    private long pending = -1;
    String memberId = "";
    int generation = -1;
    boolean gone;
    final Set<Integer> owned = new TreeSet<>();

    SimulatedClassicConsumer(MigrationHarness harness, boolean cooperative) {
        this.harness = harness;
        this.cooperative = cooperative;
    }

    boolean isWorking() {
        return phase == Phase.WORKING && pending < 0;
    }

    /** Takes the answer that it waits for, if it is there, and sends the next request. */
    void act() {
        if (pending >= 0) {
            ApiMessage answer = harness.answer(pending);
            if (answer == null) {
                return;
            }
            pending = -1;
            on(answer);
        }
        switch (phase) {
            case JOINING -> join();
            case SYNCING -> sync();
            case WORKING ->
                pending = harness.send(
                        new HeartbeatRequestData()
                                .setGroupId(MigrationHarness.GROUP)
                                .setMemberId(memberId)
                                .setGenerationId(generation),
                        (short) 4);
        }
    }

    /** The coordinator is gone, and the answer with it. */
    void onDisconnect() {
        pending = -1;
    }

    void leave() {
        gone = true;
        owned.clear();
        harness.send(
                new LeaveGroupRequestData()
                        .setGroupId(MigrationHarness.GROUP)
                        .setMembers(List.of(new LeaveGroupRequestData.MemberIdentity().setMemberId(memberId))),
                (short) 5);
    }

    private void join() {
        if (!cooperative) {
            owned.clear();
        }
        List<TopicPartition> mine =
                owned.stream().map(p -> new TopicPartition(TOPIC, p)).toList();
        JoinGroupRequestData request = new JoinGroupRequestData()
                .setGroupId(MigrationHarness.GROUP)
                .setMemberId(memberId)
                .setProtocolType("consumer")
                .setSessionTimeoutMs(10_000)
                .setRebalanceTimeoutMs(20_000);
        request.protocols()
                .add(new JoinGroupRequestData.JoinGroupRequestProtocol()
                        .setName(protocol())
                        .setMetadata(Utils.toArray(ConsumerProtocol.serializeSubscription(new Subscription(
                                List.of(TOPIC), ByteBuffer.allocate(0), mine, generation, Optional.empty())))));
        pending = harness.send(request, (short) 9);
    }

    private String protocol() {
        return cooperative ? "cooperative-sticky" : "range";
    }

    private void sync() {
        SyncGroupRequestData request = new SyncGroupRequestData()
                .setGroupId(MigrationHarness.GROUP)
                .setMemberId(memberId)
                .setGenerationId(generation)
                .setProtocolType("consumer")
                .setProtocolName(protocol());
        assignments.forEach((id, bytes) -> request.assignments()
                .add(new SyncGroupRequestAssignment().setMemberId(id).setAssignment(bytes)));
        pending = harness.send(request, (short) 5);
    }

    private void on(ApiMessage answer) {
        if (answer instanceof JoinGroupResponseData joined) {
            onJoined(joined);
        } else if (answer instanceof SyncGroupResponseData synced && synced.errorCode() == 0) {
            onSynced(synced);
        } else if (answer instanceof SyncGroupResponseData synced) {
            onError(Errors.forCode(synced.errorCode()));
        } else if (answer instanceof HeartbeatResponseData beat) {
            onError(Errors.forCode(beat.errorCode()));
        }
    }

    private void onJoined(JoinGroupResponseData joined) {
        Errors error = Errors.forCode(joined.errorCode());
        if (error == Errors.MEMBER_ID_REQUIRED) {
            memberId = joined.memberId();
        } else if (error == Errors.NONE) {
            memberId = joined.memberId();
            generation = joined.generationId();
            assignments = joined.leader().equals(memberId) ? assign(joined) : Map.of();
            phase = Phase.SYNCING;
        } else {
            onError(error);
        }
    }

    private void onSynced(SyncGroupResponseData synced) {
        Set<Integer> assigned = new HashSet<>();
        ConsumerProtocol.deserializeAssignment(ByteBuffer.wrap(synced.assignment()))
                .partitions()
                .forEach(p -> assigned.add(p.partition()));
        boolean loses = !assigned.containsAll(owned);
        owned.clear();
        owned.addAll(assigned);
        phase = cooperative && loses ? Phase.JOINING : Phase.WORKING;
    }

    private void onError(Errors error) {
        switch (error) {
            case NONE -> {}
            case REBALANCE_IN_PROGRESS -> phase = Phase.JOINING;
            case UNKNOWN_MEMBER_ID, ILLEGAL_GENERATION -> {
                memberId = error == Errors.UNKNOWN_MEMBER_ID ? "" : memberId;
                generation = -1;
                owned.clear();
                phase = Phase.JOINING;
            }
            case GROUP_MAX_SIZE_REACHED -> {
                owned.clear();
                gone = true;
            }
            default -> throw new AssertionError(error.toString());
        }
    }

    /** Deals partitions out in turn; a partition that somebody else owns goes to nobody until its owner has given it up. */
    private Map<String, byte[]> assign(JoinGroupResponseData joined) {
        Map<Integer, String> owners = new HashMap<>();
        Map<String, List<TopicPartition>> shares = new HashMap<>();
        List<String> ids = new ArrayList<>();
        joined.members().forEach(member -> {
            ids.add(member.memberId());
            shares.put(member.memberId(), new ArrayList<>());
            ConsumerProtocol.deserializeSubscription(ByteBuffer.wrap(member.metadata()))
                    .ownedPartitions()
                    .forEach(p -> owners.put(p.partition(), member.memberId()));
        });
        ids.sort(null);
        TopicView.Topic topic = harness.topics.byName(TOPIC);
        for (int p = 0; topic != null && p < topic.partitions(); p++) {
            String id = ids.get(p % ids.size());
            if (owners.getOrDefault(p, id).equals(id)) {
                shares.getOrDefault(id, new ArrayList<>()).add(new TopicPartition(TOPIC, p));
            }
        }
        Map<String, byte[]> bytes = new HashMap<>();
        shares.forEach((id, share) ->
                bytes.put(id, Utils.toArray(ConsumerProtocol.serializeAssignment(new Assignment(share)))));
        return bytes;
    }
}
