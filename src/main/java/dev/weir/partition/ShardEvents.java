package dev.weir.partition;

import dev.weir.partition.client.PartitionKey;
import dev.weir.partition.logdirs.LogDirAtStart;
import dev.weir.storage.file.LogIoException;

/** What the parts of a shard tell the shard, and ask it. */
interface ShardEvents {
    /** The time on a clock that nobody sets, of no meaning but for differences. */
    long monotonicMs();

    /** The disk refused a write: the directory is read-only until it is told to be well. */
    void writeFailed(LogDirAtStart logDir, LogIoException failure);

    /** A log is in another directory than the metadata says. */
    void placed(Partition partition);

    /** A log cannot be used, and the metadata says that it is here; {@code done} runs when it was told, or could not be. */
    void lost(PartitionKey key, Runnable done);

    /**
     * A log ends below the recovery point in the checkpoint: nothing may be written to it before that is lower.
     *
     * @param offline the log with what the checkpoint says
     * @param recoveryPoint what the checkpoint is to say
     */
    void shortened(PartitionKey key, Offline offline, long recoveryPoint, long nowMs);

    /** A partition has more to read or to sync, or can no longer be read. */
    void progressed(Partition partition, long nowMs);

    /** A log must be opened again, see {@link dev.weir.storage.PartitionLog#mustBeOpenedAgain}, for a reason that clients are told. */
    void givenUp(Partition partition, String why, long nowMs);
}
