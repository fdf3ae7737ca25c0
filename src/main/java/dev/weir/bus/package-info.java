/**
 * The event bus between the verticles of one broker: typed addresses, one local codec that copies nothing, limits on what
 * is in flight, failures mapped to Kafka errors. The only user of {@code vertx.eventBus()}.
 */
@NullMarked
package dev.weir.bus;

import org.jspecify.annotations.NullMarked;
