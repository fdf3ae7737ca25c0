/**
 * Consumer groups (KIP-848): heartbeats, targets, reconciliation, regular expressions, and conversion from and to classic
 * groups. State is owned by the coordinator of the group's partition.
 */
@NullMarked
package dev.weir.group.consumer;

import org.jspecify.annotations.NullMarked;
