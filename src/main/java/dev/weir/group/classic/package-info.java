/**
 * Classic groups: join, sync, heartbeat and leave of Kafka's first group protocol, in which a member computes the assignment.
 * State is owned by the coordinator of the group's partition.
 */
@NullMarked
package dev.weir.group.classic;

import org.jspecify.annotations.NullMarked;
