/**
 * Consumer groups and committed offsets. The state of a group is owned by the coordinator verticle of its
 * {@code __consumer_offsets} partition; only replayed records change it durably.
 */
@NullMarked
package dev.weir.group;

import org.jspecify.annotations.NullMarked;
