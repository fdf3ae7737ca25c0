/**
 * What every kind of group shares: the group, a call to it, the outcome with its records and effects, and the view of topics.
 * State is owned by the coordinator of the group's partition.
 */
@NullMarked
package dev.weir.group.core;

import org.jspecify.annotations.NullMarked;
