package dev.weir.partition;

import dev.weir.partition.client.PartitionKey;
import dev.weir.partition.logdirs.LogDirAtStart;
import dev.weir.storage.LogCopy;
import dev.weir.storage.PartitionLog;
import dev.weir.storage.file.CopyBuffer;

/** One log on its way to another log directory. Owned by the shard through {@link LogMoves}. */
final class LogMove {
    /** What happens next: {@code COPYING <-> SYNCING}, then {@code CHECKPOINTING}, then copying the rest and swapping. */
    enum State {
        /** The next turn copies. */
        COPYING,
        /** A sync of the copy runs elsewhere. */
        SYNCING,
        /** The checkpoints of the target are being written, and the metadata is told. */
        CHECKPOINTING,
        /** The log cannot be read now. */
        WAITING
    }

    final PartitionKey key;
    final LogDirAtStart target;
    final PartitionLog future;
    private final CopyBuffer buffer;
    PartitionLog source;
    LogCopy copy;
    /** Where the last compaction of what was copied had come to. */
    long cleanedTo;

    State state = State.COPYING;
    long unsyncedBytes;
    /** Whether the metadata was, or is being, told that the log is in the target. */
    boolean assigned;
    /** Whether the copy was synced and the checkpoints were written after it had caught up. */
    boolean ready;
    /** What {@link LogCopy#timesStartedOver} was when they were: the recovery point that they tell is one of that copy. */
    int checkpointedCopy;

    /** A move that goes on with a copy, or begins one. */
    LogMove(
            Partition partition,
            LogDirAtStart target,
            PartitionLog future,
            boolean resumed,
            long cleanedTo,
            CopyBuffer buffer) {
        this.key = partition.key;
        this.target = target;
        this.future = future;
        this.source = partition.log;
        this.buffer = buffer;
        this.copy = new LogCopy(source, future, resumed, buffer);
        this.cleanedTo = cleanedTo;
    }

    /** Starts over, from a log that was opened again and may have lost what was copied. */
    void restartFrom(Partition partition) {
        source = partition.log;
        copy = new LogCopy(source, future, false, buffer);
        cleanedTo = partition.cleanedTo();
        ready = false;
    }
}
