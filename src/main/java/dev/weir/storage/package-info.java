/**
 * The files of one partition in Kafka's on-disk format: segments, indexes, checkpoints, recovery, retention and
 * compaction, behind a small file port with an in-memory twin. A log is owned by one thread, that of its shard.
 *
 * <pre>
 *   the shard ──▶ PartitionLog                  face of one log
 *                  ├──▶ LogAppender  checks (batch, producer), offsets, StagedBatches, one gathering write
 *                  ├──▶ LogReader    offset ─▶ index ─▶ FileSlice for sendfile
 *                  ├──▶ LogSyncer    moves the recovery point
 *                  ├──▶ LogTrimmer, LogCompaction, LogCopy       retention, compaction, moves
 *                  └──▶ LogLoader    opens and repairs
 *                  ▼
 *               LogState ──▶ LogSegment ──▶ OffsetIndex, TimeIndex, TxnIndex
 *                  ▼
 *               file: the port to the disk      directory: log dirs, their lock, identity and checkpoints
 * </pre>
 */
@NullMarked
package dev.weir.storage;

import org.jspecify.annotations.NullMarked;
