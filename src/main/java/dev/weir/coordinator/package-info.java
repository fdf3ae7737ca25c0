/**
 * What the coordinators of groups and of transactions share: the partition in which each keeps its state, the order of its
 * leadership, and the loading of the state from that partition's log. Every object belongs to the coordinator that uses it.
 */
@NullMarked
package dev.weir.coordinator;

import org.jspecify.annotations.NullMarked;
