package dev.weir.partition;

import java.util.HashMap;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;

/** What replication promises, checked after every event. */
final class ReplicationOracle {
    /** What consumers may have seen, by partition. */
    private final Map<Integer, TreeMap<Long, Long>> committed = new HashMap<>();
    /** The value of each offset in each leader epoch, by partition. */
    private final Map<Integer, Map<String, Long>> written = new HashMap<>();

    private final Map<String, Long> highWatermarks = new HashMap<>();
    /** How often each log had been cut, and up to where it was checked then. */
    private final Map<String, long[]> checked = new HashMap<>();

    private long acked;

    long acked() {
        return acked;
    }

    private long committedEnd(int partition) {
        NavigableMap<Long, Long> of = committed(partition);
        return of.isEmpty() ? 0 : of.lastKey() + 1;
    }

    /**
     * A leader has told a producer that its record is safe.
     *
     * @param metadata as it is, which the leader may not know yet: a member that has begun anew had the record when it said so
     */
    void acked(
            SimBroker leader, int partition, SimReplica.Wait wait, Iterable<SimBroker> maximalIsr, SimImage metadata) {
        long offset = wait.offset();
        long value = wait.value();
        acked++;
        check(leader, partition);
        boolean leads = metadata.roles().get(partition).leaderEpoch()
                == leader.replica(partition).state.leaderEpoch();
        for (SimBroker member : maximalIsr) {
            boolean known = metadata.epochOf(member.id) == leader.image.epochOf(member.id);
            if (leads
                    && known
                    && !member.lossy
                    && !member.replica(partition).log.holds(offset, value)) {
                throw new AssertionError("broker " + leader.id + " answers for " + value + " at " + offset
                        + ", which in-sync broker " + member.id + " does not hold");
            }
        }
        Long seen = committed(partition).get(offset);
        if (seen == null || seen != value) {
            throw new AssertionError("broker " + leader.id + " answers for " + value + " at " + offset
                    + ", where consumers see " + seen);
        }
    }

    void wrote(int partition, long offset, SimLog.Entry entry) {
        Long before = written.computeIfAbsent(partition, p -> new HashMap<>())
                .putIfAbsent(offset + "@" + entry.epoch(), entry.value());
        if (before != null && before != entry.value()) {
            throw new AssertionError("offset " + offset + " is written twice in leader epoch " + entry.epoch());
        }
    }

    void check(SimController controller, Map<Integer, SimBroker> brokers, Set<Integer> partitions) {
        for (int partition : partitions) {
            brokers.values().stream().filter(b -> b.up).forEach(broker -> check(broker, partition));
            checkMembers("in-sync", controller.isr(partition), controller, brokers, partition);
            checkMembers("eligible", controller.elr(partition), controller, brokers, partition);
        }
    }

    private void check(SimBroker broker, int partition) {
        SimReplica replica = broker.replica(partition);
        ReplicationState state = replica.state;
        if (!state.isLeader()) {
            return;
        }
        long highWatermark = state.highWatermark();
        String life = broker.id + "/" + broker.life + "/" + partition + "/" + state.leaderEpoch();
        Long before = highWatermarks.put(life, highWatermark);
        if (before != null && before > highWatermark) {
            throw new AssertionError("the high watermark falls from " + before + " to " + highWatermark);
        }
        if (highWatermark > replica.log.end()) {
            throw new AssertionError("the high watermark " + highWatermark + " is above the end");
        }
        for (long offset = before == null ? 0 : before; offset < highWatermark; offset++) {
            long value = replica.log.entries.get((int) offset).value();
            Long seen = committed(partition).putIfAbsent(offset, value);
            if (seen != null && seen != value) {
                throw new AssertionError("consumers of broker " + broker.id + " see " + value + " at " + offset
                        + ", and have seen " + seen);
            }
        }
    }

    private void checkMembers(
            String kind,
            Set<Integer> members,
            SimController controller,
            Map<Integer, SimBroker> brokers,
            int partition) {
        for (int id : members) {
            SimBroker member = brokers.get(id);
            if (member.lossy) {
                continue;
            }
            SimLog log = member.replica(partition).log;
            long[] known = checked.computeIfAbsent(id + "/" + partition, k -> new long[2]);
            long from = known[0] == log.cuts ? known[1] : 0;
            committed(partition).tailMap(from).forEach((offset, value) -> {
                if (!log.holds(offset, value)) {
                    throw new AssertionError("the " + kind + " broker " + id + " of " + controller.isr(partition)
                            + " lacks " + value + " at " + offset);
                }
            });
            known[0] = log.cuts;
            known[1] = committedEnd(partition);
        }
    }

    private NavigableMap<Long, Long> committed(int partition) {
        return committed.computeIfAbsent(partition, p -> new TreeMap<>());
    }
}
