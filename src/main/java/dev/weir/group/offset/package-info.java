/**
 * Committed offsets: commits, fetches, deletions, expiry, and offsets that wait for the end of a transaction. State is owned
 * by the coordinator of the group's partition.
 */
@NullMarked
package dev.weir.group.offset;

import org.jspecify.annotations.NullMarked;
