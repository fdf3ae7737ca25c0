package dev.weir.partition;

import dev.weir.partition.client.ShardStats;
import java.util.Set;

/** How often the ISRs of a shard's partitions have changed since the start. Owned by the shard. */
final class IsrCounts {
    private long shrinks;
    private long expands;
    private long failures;

    void changed(Set<Integer> before, Set<Integer> after) {
        if (!after.containsAll(before)) {
            shrinks++;
        }
        if (!before.containsAll(after)) {
            expands++;
        }
    }

    /** A proposal was not taken. */
    void failed() {
        failures++;
    }

    ShardStats.IsrChanges stats() {
        return new ShardStats.IsrChanges(shrinks, expands, failures);
    }
}
