package dev.weir.bus;

/**
 * A stream of events that every subscriber receives in the order of publication, each on its own context.
 *
 * @param name unique within the broker
 * @param <E> the event, immutable
 */
@SuppressWarnings("UnusedTypeParameter") // it ties the event to its subscribers at compile time
public record Broadcast<E>(String name) {}
