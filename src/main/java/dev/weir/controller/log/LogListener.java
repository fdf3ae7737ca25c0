package dev.weir.controller.log;

import dev.weir.quorum.OffsetAndEpoch;

/** Whoever follows the log behind its driver. Called on the driver's thread, in the order of the quorum's effects. */
interface LogListener {
    /** A batch was appended; it may be truncated still. */
    void appended(LoggedBatch batch);

    /** The log was truncated. */
    void truncated();

    /** Everything below {@code highWatermark} is committed. */
    void committed(long highWatermark);

    /** This replica leads; its first record stands at {@code startOffset}. */
    void leads(int epoch, long startOffset);

    /** This replica leads no more. */
    void resigned();

    /** A snapshot has taken the place of the whole log. */
    void installed(OffsetAndEpoch id, SnapshotFile.Content content);

    /** The cluster has got its id; nothing is in the log yet. */
    void named(String clusterId);

    /** All effects so far were carried out. */
    void settled();
}
