package dev.weir.quorum;

import java.util.Map;

/**
 * The log that a replica found when it started, all of it synced.
 *
 * @param startOffset the first offset in the log
 * @param endOffset the offset after the last record
 * @param snapshotId the newest snapshot; {@link OffsetAndEpoch#NONE} without one
 * @param epochStarts the first offset of each epoch in the log
 * @param voters the voter sets in the log and the snapshot, by the offset of their record
 * @param lostSynced whether records are missing that had been synced: this replica does not vote until it has caught up
 */
public record RecoveredLog(
        long startOffset,
        long endOffset,
        OffsetAndEpoch snapshotId,
        Map<Integer, Long> epochStarts,
        Map<Long, VoterSet> voters,
        boolean lostSynced) {
    /** The log of a new directory. */
    public static final RecoveredLog EMPTY = new RecoveredLog(0, 0, OffsetAndEpoch.NONE, Map.of(), Map.of(), false);

    public RecoveredLog {
        epochStarts = Map.copyOf(epochStarts);
        voters = Map.copyOf(voters);
    }
}
