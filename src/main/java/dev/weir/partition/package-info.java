/**
 * The life of one partition: role and epochs, high watermark, in-sync replicas, waiting produces and fetches. Its state is
 * owned by the {@code PartitionLogVerticle} of the shard that the partition hashes to.
 *
 * <pre>
 *   network, group ──▶ client.PartitionClient   face: splits a request by shard, merges the replies
 *                  │ bus, one message for each shard
 *                  ▼
 *               PartitionLogVerticle            one thread that may block
 *                  ├──▶ AppendPath  stage ─▶ one write for each log ─▶ AckQueue waits for sync or high watermark
 *                  ├──▶ FetchPath   slices below the high watermark, or FetchWait until an append wakes it
 *                  ├──▶ ReplicaFetches   a ReplicaSession for each follower: what has changed, up to the end of the log
 *                  ├──▶ InSyncReplicas   IsrProposals to the controller, LagQueue of those behind
 *                  ├──▶ LogLifecycle, LogMoves, Housekeeping, Cleaner    open, move, retention, compaction
 *                  ▼
 *               Partition: ReplicationState (pure) and its storage.PartitionLog
 *
 *   logdirs.LogDirsVerticle  checkpoints and the health of the disks, beside the shards
 * </pre>
 */
@NullMarked
package dev.weir.partition;

import org.jspecify.annotations.NullMarked;
