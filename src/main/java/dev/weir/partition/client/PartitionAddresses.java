package dev.weir.partition.client;

import dev.weir.bus.Address;
import java.util.List;
import org.apache.kafka.common.protocol.Errors;

/** The bus addresses of one shard. */
public record PartitionAddresses(
        Address<AppendRequest, List<AppendResult>> append,
        Address<FetchQuery, List<FetchAnswer>> fetch,
        Address<ReplicaFetch, ReplicaFetch.Answer> replicaFetch,
        Address<Long, Boolean> endWait,
        Address<Long, Boolean> endReplicaSession,
        Address<OffsetMessages.ListOffsets, List<OffsetMessages.OffsetAnswer>> listOffsets,
        Address<OffsetMessages.EpochEnds, List<OffsetMessages.EpochAnswer>> epochEnds,
        Address<OffsetMessages.DeleteRecords, List<OffsetMessages.DeleteAnswer>> deleteRecords,
        Address<LogMessages.ReadLog, LogMessages.LogBytes> readLog,
        Address<LogMessages.DescribeLogs, List<LogMessages.LogDescription>> describeLogs,
        Address<LogMessages.AlterLogDirs, List<Errors>> alterLogDirs,
        Address<LogMessages.DescribeProducers, LogMessages.Producers> describeProducers,
        Address<LogMessages.Checkpoint, LogMessages.Checkpoints> checkpoint,
        Address<LogMessages.StatsRequest, ShardStats> stats) {
    private static final int DATA = 100_000;
    private static final int ADMIN = 10_000;

    public static PartitionAddresses of(int shard) {
        String prefix = "partition." + shard + ".";
        return new PartitionAddresses(
                new Address<>(prefix + "append", DATA),
                new Address<>(prefix + "fetch", DATA),
                new Address<>(prefix + "replica-fetch", DATA),
                new Address<>(prefix + "end-wait", DATA),
                new Address<>(prefix + "end-replica-session", ADMIN),
                new Address<>(prefix + "list-offsets", ADMIN),
                new Address<>(prefix + "epoch-ends", ADMIN),
                new Address<>(prefix + "delete-records", ADMIN),
                new Address<>(prefix + "read-log", ADMIN),
                new Address<>(prefix + "describe-logs", ADMIN),
                new Address<>(prefix + "alter-log-dirs", ADMIN),
                new Address<>(prefix + "describe-producers", ADMIN),
                new Address<>(prefix + "checkpoint", ADMIN),
                new Address<>(prefix + "stats", ADMIN));
    }
}
