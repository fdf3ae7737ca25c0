/**
 * The face of the partitions: typed clients for appending, reading and listing offsets, and the immutable messages that
 * they send over the bus. Other features see this package and no other of {@code partition}.
 */
@NullMarked
package dev.weir.partition.client;

import org.jspecify.annotations.NullMarked;
