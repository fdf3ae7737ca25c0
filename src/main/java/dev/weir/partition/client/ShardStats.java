package dev.weir.partition.client;

import java.util.List;

/**
 * The counts of one shard and the stats of its partitions.
 *
 * @param online how many are served
 * @param offline how many cannot be used, since their log directory or their log fails
 * @param isr how the ISRs of its partitions have changed
 * @param partitions those that are served; empty where only the counts were asked for
 */
public record ShardStats(int online, int offline, IsrChanges isr, List<PartitionStats> partitions) {

    /**
     * The changes that this broker has asked for as a leader, since its start.
     *
     * @param shrinks ISRs that have lost a member
     * @param expands ISRs that have gained one
     * @param failures requests for a change that were not answered, or not taken
     */
    public record IsrChanges(long shrinks, long expands, long failures) {
        /** None yet. */
        public static final IsrChanges NONE = new IsrChanges(0, 0, 0);
    }
}
