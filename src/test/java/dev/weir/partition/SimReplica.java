package dev.weir.partition;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** One replica of the simulation: its log outlives its broker's process, the rest does not. */
final class SimReplica {
    /** A producer waits for the high watermark to pass its record. */
    record Wait(long offset, long value, int leaderEpoch) {}

    /** A follower asks. */
    record Fetch(int from, long brokerEpoch, int partition, int leaderEpoch, long offset, int lastEpoch, long sentMs) {}

    final int partition;
    final SimLog log = new SimLog();
    final List<Wait> waits = new ArrayList<>();
    ReplicationState state;
    long highWatermark;
    /** Names the fetch that is under way; an answer to any other comes too late. */
    long fetchId;

    boolean fetching;

    SimReplica(int partition) {
        this.partition = partition;
    }

    void start(SimBroker broker, ReplicationMistake mistake) {
        waits.clear();
        fetching = false;
        fetchId++;
        highWatermark = Math.min(highWatermark, log.end());
        state = state(broker, mistake);
    }

    private ReplicationState state(SimBroker broker, ReplicationMistake mistake) {
        return new ReplicationState(broker.id, highWatermark, broker, broker.counts) {
            @Override
            boolean isFrozen(int minInsyncReplicas) {
                return mistake != ReplicationMistake.COMMITS_BELOW_MIN_ISR && super.isFrozen(minInsyncReplicas);
            }

            @Override
            Set<Integer> maximalIsr() {
                return mistake == ReplicationMistake.COMMITS_ON_THE_COMMITTED_ISR_ALONE ? isr() : super.maximalIsr();
            }

            @Override
            boolean update(PartitionRole next, long nowMs) {
                IsrProposal open = pending();
                if (mistake == ReplicationMistake.ECHO_ENDS_A_PROPOSAL
                        && open != null
                        && next.partitionEpoch() == partitionEpoch()) {
                    refused(open);
                }
                return super.update(next, nowMs);
            }
        };
    }
}
