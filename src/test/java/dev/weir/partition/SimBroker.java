package dev.weir.partition;

import dev.weir.partition.SimReplica.Fetch;
import dev.weir.partition.SimReplica.Wait;
import dev.weir.partition.client.PartitionKey;
import dev.weir.storage.EpochEndOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

/** A broker of the simulation: the real rules of a leader, driven over a model of everything else. */
final class SimBroker implements ReplicaRules {
    private static final int MAX_ENTRIES = 5;

    /** What a leader answers to a fetch. */
    record Answer(
            Errors error,
            @Nullable EpochEndOffset diverging,
            List<SimLog.Entry> entries,
            long highWatermark,
            long logEnd,
            int leaderEpoch) {
        static Answer failed(Errors error) {
            return new Answer(error, null, List.of(), -1, -1, -1);
        }
    }

    final int id;
    final IsrCounts counts = new IsrCounts();
    final Map<Integer, SimReplica> replicas = new TreeMap<>();
    private final ReplicationSimulation simulation;
    private final Map<Integer, Long> lastFetchMs = new HashMap<>();
    IsrProposals proposals;
    private LagQueue behind = new LagQueue();
    SimImage image;
    boolean up;
    /** Whether its log may have lost records since it was registered. */
    boolean lossy;

    int life;

    SimBroker(int id, int partitions, ReplicationSimulation simulation) {
        this.id = id;
        this.simulation = simulation;
        for (int i = 0; i < partitions; i++) {
            replicas.put(i, new SimReplica(i));
        }
    }

    SimReplica replica(int partition) {
        return replicas.get(partition);
    }

    void start(SimImage first) {
        up = true;
        life++;
        image = first;
        behind = new LagQueue();
        lastFetchMs.clear();
        proposals = new IsrProposals(id, this, counts, this::state);
        replicas.values().forEach(replica -> replica.start(this, simulation.mistake));
        apply(first);
    }

    private @Nullable ReplicationState state(PartitionKey key) {
        return replica(key.partition()).state;
    }

    void apply(SimImage next) {
        image = next;
        for (SimReplica replica : replicas.values()) {
            boolean led = replica.state.isLeader();
            boolean elected = replica.state.update(next.roles().get(replica.partition), simulation.now);
            if (led && !replica.state.isLeader()) {
                failWaits(replica, wait -> true);
                replica.highWatermark = replica.state.highWatermark();
                replica.fetching = false;
            }
            if (elected) {
                begin(replica);
            }
            progress(replica);
        }
    }

    private void begin(SimReplica replica) {
        failWaits(replica, wait -> !replica.log.holds(wait.offset(), wait.value()));
        replica.fetchId++;
        if (simulation.mistake != ReplicationMistake.NO_START_OF_THE_EPOCH) {
            replica.log.begin(replica.state.leaderEpoch());
        }
        replica.state.beginEpochAt(replica.log.end());
    }

    private void failWaits(SimReplica replica, Predicate<Wait> which) {
        if (simulation.mistake != ReplicationMistake.ANSWERS_APPENDS_OF_AN_EARLIER_LEADERSHIP) {
            replica.waits.removeIf(which);
        }
    }

    /** A producer writes; a record at acks=all is refused where too few are in sync. */
    void append(int partition, long value, boolean allReplicas) {
        SimReplica replica = replica(partition);
        boolean enough = !replica.state.isFrozen(simulation.minIsr);
        if (!replica.state.isLeader() || (allReplicas && !enough)) {
            return;
        }
        SimLog.Entry entry = new SimLog.Entry(replica.state.leaderEpoch(), value);
        simulation.oracle.wrote(partition, replica.log.end(), entry);
        replica.log.append(entry);
        if (allReplicas) {
            replica.waits.add(new Wait(replica.log.end() - 1, value, entry.epoch()));
        }
        progress(replica);
    }

    void progress(SimReplica replica) {
        ReplicationState state = replica.state;
        state.logEndsAt(replica.log.end(), follower -> lastFetchMs.getOrDefault(follower, Follower.NEVER));
        state.advance(replica.log.end(), simulation.minIsr);
        if (state.isLeader()) {
            replica.highWatermark = state.highWatermark();
            state.followers().forEach(follower -> behind.watch(SimController.key(replica.partition), follower));
            proposals.look(SimController.key(replica.partition), state);
            if (state.isFrozen(simulation.minIsr)) {
                replica.waits.clear();
            }
        }
        settle(replica);
    }

    private void settle(SimReplica replica) {
        List<Wait> done = new ArrayList<>();
        for (Wait wait : replica.waits) {
            if (wait.offset() < replica.highWatermark) {
                done.add(wait);
            }
        }
        replica.waits.removeAll(done);
        for (Wait wait : done) {
            List<SimBroker> members = replica.state.maximalIsr().stream()
                    .map(simulation.brokers::get)
                    .toList();
            simulation.oracle.acked(this, replica.partition, wait, members, simulation.controller.image());
        }
    }

    void checkLag() {
        behind.check(simulation.now, lagMs()).forEach(key -> progress(replica(key.partition())));
    }

    /** As a leader: believes the follower's position if it may, and gives what comes next. */
    Answer answer(Fetch fetch) {
        SimReplica replica = replica(fetch.partition());
        ReplicationState state = replica.state;
        ReplicationMistake mistake = simulation.mistake;
        boolean anyEpoch = mistake == ReplicationMistake.POSITION_OF_ANOTHER_LEADER_EPOCH;
        if (!state.isLeader() || (fetch.leaderEpoch() != state.leaderEpoch() && !anyEpoch)) {
            return Answer.failed(Errors.NOT_LEADER_OR_FOLLOWER);
        }
        long brokerEpoch = fetch.brokerEpoch();
        if (mistake == ReplicationMistake.POSITION_OF_A_FORMER_INCARNATION) {
            brokerEpoch = image.epochOf(fetch.from());
        }
        if (!state.hasFollower(fetch.from()) || brokerEpoch != image.epochOf(fetch.from())) {
            return Answer.failed(Errors.UNKNOWN_LEADER_EPOCH);
        }
        EpochEndOffset diverging = null;
        if (fetch.lastEpoch() >= 0) {
            EpochEndOffset end = replica.log.endOf(fetch.lastEpoch());
            if (end.isUndefined()) {
                return Answer.failed(Errors.OFFSET_OUT_OF_RANGE);
            }
            if (end.leaderEpoch() < fetch.lastEpoch() || end.endOffset() < fetch.offset()) {
                diverging = end;
            }
        }
        if (fetch.offset() > replica.log.end() && diverging == null) {
            return Answer.failed(Errors.OFFSET_OUT_OF_RANGE);
        }
        if (diverging == null || mistake == ReplicationMistake.POSITION_FROM_A_DIVERGING_FETCH) {
            lastFetchMs.put(fetch.from(), simulation.now);
            state.followerAt(
                    new FollowerFetch(fetch.from(), brokerEpoch, fetch.offset(), 0, simulation.now), replica.log.end());
            progress(replica);
        }
        int from = (int) Math.min(fetch.offset(), replica.log.end());
        int to = (int) Math.min(from + MAX_ENTRIES, replica.log.end());
        return new Answer(
                Errors.NONE,
                diverging,
                diverging == null ? List.copyOf(replica.log.entries.subList(from, to)) : List.of(),
                state.highWatermark(),
                replica.log.end(),
                state.leaderEpoch());
    }

    /** As a follower: what to ask its leader for. */
    Optional<Fetch> fetch(SimReplica replica) {
        if (replica.state.isLeader() || replica.state.leader() < 0) {
            return Optional.empty();
        }
        return Optional.of(new Fetch(
                id,
                ownEpoch(),
                replica.partition,
                replica.state.leaderEpoch(),
                replica.log.end(),
                replica.log.latestEpoch(),
                simulation.now));
    }

    void take(SimReplica replica, Answer answer) {
        if (answer.error() != Errors.NONE || replica.state.isLeader()) {
            return;
        }
        EpochEndOffset diverging = answer.diverging();
        if (diverging != null) {
            replica.log.cut(diverging);
        } else {
            answer.entries().forEach(replica.log::append);
            replica.highWatermark =
                    Math.max(replica.highWatermark, Math.min(answer.highWatermark(), replica.log.end()));
            replica.state.clamp(replica.highWatermark, replica.log.end());
        }
        settle(replica);
    }

    @Override
    public boolean isActive(int brokerId) {
        return image.isActive(brokerId);
    }

    @Override
    public boolean isActive(int brokerId, long brokerEpoch) {
        return image.isActive(brokerId) && image.epochOf(brokerId) == brokerEpoch;
    }

    @Override
    public boolean isAlive(int brokerId) {
        return isActive(brokerId);
    }

    @Override
    public long ownEpoch() {
        return image.epochOf(id);
    }

    @Override
    public long lagMs() {
        return ReplicationSimulation.LAG_MS;
    }
}
