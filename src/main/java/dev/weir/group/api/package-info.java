/**
 * The Kafka APIs of groups, one row each: which group a request is for, how a request of many groups is parted by
 * partition, and how a request is refused. Stateless.
 */
@NullMarked
package dev.weir.group.api;

import org.jspecify.annotations.NullMarked;
