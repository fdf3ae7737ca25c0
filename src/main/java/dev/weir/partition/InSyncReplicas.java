package dev.weir.partition;

import dev.weir.partition.client.PartitionKey;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.common.message.AlterPartitionRequestData;
import org.apache.kafka.common.message.AlterPartitionResponseData;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the ISRs of a shard's partitions as they should be. It looks at a partition when that has made progress, when one of its
 * followers has been behind for too long, and when brokers have come, gone or been fenced. Owned by the shard.
 */
final class InSyncReplicas {
    private static final long RETRY_MS = 500;

    private final ShardState shard;
    private final Runnable wanted;
    private final LagQueue behind = new LagQueue();
    private final IsrProposals proposals;
    private Deadlines.@Nullable Entry lagCheck;
    private long lagCheckMs = Long.MAX_VALUE;
    private boolean resting;

    /** @param wanted told that {@link #next} may have a request */
    InSyncReplicas(int brokerId, ShardState shard, Runnable wanted) {
        this.shard = shard;
        this.wanted = wanted;
        this.proposals = new IsrProposals(brokerId, shard, shard.isrCounts(), this::stateOf);
    }

    private @Nullable ReplicationState stateOf(PartitionKey key) {
        Partition partition = shard.find(key);
        return partition == null || partition.isEnded() ? null : partition.replication();
    }

    /** Something has happened to a partition. */
    void look(Partition partition, long nowMs) {
        ReplicationState state = partition.replication();
        if (state.followers().isEmpty() || partition.isEnded()) {
            return;
        }
        state.followers().forEach(follower -> behind.watch(partition.key, follower));
        proposals.look(partition.key, state);
        checkLagInTime(nowMs);
        if (proposals.hasUnsent()) {
            wanted.run();
        }
    }

    /** The metadata has other brokers, or they are not what they were: who waits to join may have to wait no longer. */
    void brokersChanged(long nowMs) {
        for (Partition partition : List.copyOf(shard.partitions())) {
            ReplicationState state = partition.replication();
            boolean waits =
                    state.followers().stream().anyMatch(follower -> !state.isr().contains(follower.brokerId()));
            if (waits && !partition.isEnded()) {
                changed(partition, nowMs);
            }
        }
        if (proposals.hasUnsent()) {
            wanted.run();
        }
    }

    /** The next request to the controller, unless one is under way or there is nothing to ask for. */
    Optional<AlterPartitionRequestData> next() {
        return proposals.next();
    }

    /** The controller has answered. */
    void answered(AlterPartitionResponseData response, long nowMs) {
        changed(proposals.answered(response, shard.monotonicMs()), nowMs);
        ended(nowMs);
    }

    /** The controller has not answered. */
    void failed(Errors error, long nowMs) {
        proposals.failed(error);
        ended(nowMs);
    }

    private void ended(long nowMs) {
        if (!resting && proposals.isResting()) {
            resting = true;
            shard.deadlines().schedule(nowMs + RETRY_MS, this::again);
        }
        if (proposals.hasUnsent()) {
            wanted.run();
        }
    }

    private void again() {
        resting = false;
        proposals.again();
        if (proposals.hasUnsent()) {
            wanted.run();
        }
    }

    /** Keeps one deadline, for the follower that has been behind for the longest time. */
    private void checkLagInTime(long nowMs) {
        long nextMs = behind.nextMs(shard.lagMs());
        if (nextMs < lagCheckMs) {
            shard.deadlines().cancel(lagCheck);
            lagCheckMs = nextMs;
            long atMs = nowMs + Math.max(0, nextMs - shard.monotonicMs());
            lagCheck = shard.deadlines().schedule(atMs, () -> checkLag(atMs));
        }
    }

    private void checkLag(long nowMs) {
        lagCheckMs = Long.MAX_VALUE;
        lagCheck = null;
        changed(behind.check(shard.monotonicMs(), shard.lagMs()), nowMs);
        checkLagInTime(nowMs);
    }

    private void changed(Collection<PartitionKey> keys, long nowMs) {
        for (PartitionKey key : keys) {
            Partition partition = shard.find(key);
            if (partition != null && !partition.isEnded()) {
                changed(partition, nowMs);
            }
        }
    }

    /** The high watermark may go on without whoever was waited for. */
    private void changed(Partition partition, long nowMs) {
        partition.progress();
        shard.afterProgress(partition, nowMs);
    }
}
