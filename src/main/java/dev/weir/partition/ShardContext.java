package dev.weir.partition;

import dev.weir.partition.client.PartitionKey;
import dev.weir.partition.logdirs.LogDirAtStart;
import java.util.function.Consumer;

/** The surroundings of a shard that moves of logs and followers need; all of them call back on the shard's thread. */
interface ShardContext extends LogSyncs.Runner {
    /** Calls {@link LogMoves#turn} after this time, and after everything that waits for the shard now. */
    void turnAfter(long ms);

    /** Runs an action after this time. */
    void after(long ms, Runnable action);

    /** Writes the checkpoints of a directory, and says whether that went well. */
    void writeCheckpoints(LogDirAtStart logDir, Consumer<Boolean> done);

    /** Makes the metadata say where a log is, and says whether it does. */
    void assign(PartitionKey key, LogDirAtStart logDir, Consumer<Boolean> done);
}
