/**
 * The files of one partition in Kafka's on-disk format: segments, indexes, checkpoints, recovery, retention and
 * compaction, behind a small file port with an in-memory twin. A log is owned by one thread, that of its shard.
 */
@NullMarked
package dev.weir.storage;

import org.jspecify.annotations.NullMarked;
