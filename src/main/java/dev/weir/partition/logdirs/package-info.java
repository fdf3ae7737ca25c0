/**
 * The keeper of the log directories: their checkpoints, their health, how many partitions each holds, and which directory
 * the metadata names for a partition. The state is owned by {@code LogDirsVerticle}.
 */
@NullMarked
package dev.weir.partition.logdirs;

import org.jspecify.annotations.NullMarked;
