package dev.weir.group;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.common.message.HeartbeatResponseData;
import org.apache.kafka.common.message.JoinGroupResponseData;
import org.apache.kafka.common.message.LeaveGroupResponseData;
import org.apache.kafka.common.message.OffsetCommitResponseData;
import org.apache.kafka.common.message.SyncGroupResponseData;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

/** A classic consumer as it should be: one request at a time, rejoins when told, commits what it owns. */
final class SimulatedMember {
    static final int PARTITIONS = 6;

    enum Phase {
        JOINING,
        SYNCING,
        WORKING,
        GONE
    }

    final String name;
    final @Nullable String instanceId;
    private final int joinVersion;
    private final Random random;
    Phase phase = Phase.JOINING;
    String memberId = "";
    int generation = -1;
    Set<Integer> owned = new TreeSet<>();
    long outstanding = -1;
    int committing = -1;
    long committingOffset;
    private Map<String, String> assignments = Map.of();

    SimulatedMember(String name, @Nullable String instanceId, int joinVersion, Random random) {
        this.name = name;
        this.instanceId = instanceId;
        this.joinVersion = joinVersion;
        this.random = random;
    }

    /** The identity that owns: a static member's restarts are all one. */
    String identity() {
        return instanceId == null ? memberId : instanceId;
    }

    interface Wire {
        long send(ApiMessage request, int apiVersion);
    }

    void act(Wire wire, long nextOffset) {
        switch (phase) {
            case JOINING -> {
                var join = ClassicRequests.join(memberId, "range").setRebalanceTimeoutMs(20_000);
                outstanding = wire.send(joinVersion >= 5 ? join.setGroupInstanceId(instanceId) : join, joinVersion);
            }
            case SYNCING ->
                outstanding = wire.send(
                        ClassicRequests.sync(memberId, generation, assignments).setGroupInstanceId(instanceId), 5);
            case WORKING -> work(wire, nextOffset);
            case GONE -> throw new IllegalStateException(name + " is gone");
        }
    }

    private void work(Wire wire, long nextOffset) {
        if (owned.isEmpty() || random.nextInt(3) == 0) {
            outstanding =
                    wire.send(ClassicRequests.heartbeat(memberId, generation).setGroupInstanceId(instanceId), 4);
            return;
        }
        committing = List.copyOf(owned).get(random.nextInt(owned.size()));
        committingOffset = nextOffset;
        outstanding = wire.send(
                ClassicRequests.commit(memberId, generation, "t", committing, nextOffset)
                        .setGroupInstanceId(instanceId),
                9);
    }

    void leave(Wire wire) {
        outstanding = wire.send(ClassicRequests.leave(ClassicRequests.who(memberId, instanceId)), 5);
        owned.clear();
        phase = Phase.GONE;
    }

    /** Nobody hears of it again. */
    void die() {
        outstanding = -1;
        owned.clear();
        phase = Phase.GONE;
    }

    /** It gave up waiting: the answer, if one comes, finds nobody. */
    void giveUp() {
        outstanding = -1;
        committing = -1;
    }

    void onReply(ApiMessage reply) {
        outstanding = -1;
        if (phase == Phase.GONE || reply instanceof LeaveGroupResponseData) {
            return;
        }
        if (reply instanceof JoinGroupResponseData r) {
            onJoined(r);
        } else if (reply instanceof SyncGroupResponseData r) {
            if (r.errorCode() == 0) {
                owned = parse(r.assignment());
                phase = Phase.WORKING;
            } else {
                onError(Errors.forCode(r.errorCode()));
            }
        } else if (reply instanceof HeartbeatResponseData r) {
            onError(Errors.forCode(r.errorCode()));
        } else if (reply instanceof OffsetCommitResponseData r) {
            onError(Errors.forCode(r.topics().get(0).partitions().get(0).errorCode()));
        }
    }

    private void onJoined(JoinGroupResponseData r) {
        Errors error = Errors.forCode(r.errorCode());
        if (error == Errors.MEMBER_ID_REQUIRED) {
            memberId = r.memberId();
        } else if (error != Errors.NONE) {
            onError(error);
        } else {
            memberId = r.memberId();
            generation = r.generationId();
            assignments = r.leader().equals(memberId) && !r.skipAssignment() ? assign(r) : Map.of();
            phase = Phase.SYNCING;
        }
    }

    private void onError(Errors error) {
        switch (error) {
            case NONE -> {}
            case FENCED_INSTANCE_ID, GROUP_MAX_SIZE_REACHED -> die();
            case UNKNOWN_MEMBER_ID -> {
                memberId = "";
                rejoin();
            }
            case ILLEGAL_GENERATION, REBALANCE_IN_PROGRESS -> rejoin();
            default -> throw new AssertionError(name + " in " + phase + " hears " + error);
        }
    }

    private void rejoin() {
        owned.clear();
        phase = Phase.JOINING;
    }

    private static Map<String, String> assign(JoinGroupResponseData r) {
        List<String> members = r.members().stream()
                .map(JoinGroupResponseData.JoinGroupResponseMember::memberId)
                .sorted()
                .toList();
        Map<String, String> result = new TreeMap<>();
        for (int i = 0; i < members.size(); i++) {
            int mine = i;
            result.put(
                    members.get(i),
                    IntStream.range(0, PARTITIONS)
                            .filter(p -> p % members.size() == mine)
                            .mapToObj(Integer::toString)
                            .collect(Collectors.joining(",")));
        }
        return result;
    }

    private static Set<Integer> parse(byte[] assignment) {
        String text = new String(assignment, StandardCharsets.UTF_8);
        return text.isEmpty()
                ? new TreeSet<>()
                : Arrays.stream(text.split(",")).map(Integer::valueOf).collect(Collectors.toCollection(TreeSet::new));
    }
}
