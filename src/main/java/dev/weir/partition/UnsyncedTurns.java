package dev.weir.partition;

import dev.weir.partition.client.FollowerMessages.Outcome;
import dev.weir.partition.client.FollowerMessages.Position;
import dev.weir.partition.client.PartitionKey;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Function;
import org.apache.kafka.common.protocol.Errors;

/**
 * Followers that have appended what is promised to be synced before it is acknowledged ({@code flush.messages=1}): they fetch on, by
 * which the leader sees that they have it, after the sync. Owned by the shard.
 */
final class UnsyncedTurns {
    private final ShardState shard;
    /** The newest of each partition: the one before it is not waited for any more. */
    private final Map<PartitionKey, Waiting> waiting = new HashMap<>();

    private record Waiting(
            Partition partition, long endOffset, Function<Position, Outcome> told, Consumer<Outcome> outcome) {}

    UnsyncedTurns(ShardState shard) {
        this.shard = shard;
    }

    /** Tells where the log stands, at once unless a sync of what it has now is to be waited for. */
    void add(Partition partition, Function<Position, Outcome> told, Consumer<Outcome> outcome) {
        Waiting one = new Waiting(partition, partition.log.logEndOffset(), told, outcome);
        if (!settle(one)) {
            Waiting before = waiting.put(partition.key, one);
            if (before != null) {
                before.outcome().accept(FollowerPath.refused(Errors.REPLICA_NOT_AVAILABLE, "it is asked for again"));
            }
        }
    }

    void progressed(Partition partition) {
        Waiting own = waiting.get(partition.key);
        if (own != null && settle(own)) {
            waiting.remove(partition.key, own);
        }
    }

    void endAll() {
        waiting.values().forEach(one -> one.outcome()
                .accept(FollowerPath.refused(Errors.NOT_LEADER_OR_FOLLOWER, "the broker stops")));
        waiting.clear();
    }

    private boolean settle(Waiting one) {
        Partition partition = one.partition();
        if (shard.find(partition.key) != partition || partition.isEnded()) {
            one.outcome()
                    .accept(FollowerPath.refused(
                            shard.errorForMissing(partition.key), "the log was closed before it was synced"));
            return true;
        }
        boolean synced = !partition.syncsBeforeAck()
                || partition.log.recoveryPoint() >= Math.min(one.endOffset(), partition.log.logEndOffset());
        if (synced) {
            one.outcome().accept(one.told().apply(FollowerPath.position(partition)));
        }
        return synced;
    }
}
