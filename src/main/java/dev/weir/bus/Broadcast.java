package dev.weir.bus;

/**
 * A stream of events that every subscriber receives in the order of publication, each on its own context.
 *
 * @param name unique within the broker
 * @param <E> the event, immutable
 */
public record Broadcast<E>(String name) {}
