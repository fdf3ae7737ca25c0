package dev.weir.bus;

/**
 * Where requests of one kind go: one address per verticle instance, never shared by two, so that order holds.
 *
 * @param name unique within the broker
 * @param maxInFlight unanswered requests above which the bus refuses more; at least 1
 * @param <Q> the request, an immutable record
 * @param <R> the answer
 */
@SuppressWarnings("UnusedTypeParameter") // they tie a request to its answer at compile time
public record Address<Q, R>(String name, int maxInFlight) {
    public Address {
        if (maxInFlight < 1) {
            throw new IllegalArgumentException("maxInFlight must be at least 1, not " + maxInFlight);
        }
    }
}
