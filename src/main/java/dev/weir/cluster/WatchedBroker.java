package dev.weir.cluster;

/**
 * A broker whose death the controller wants to hear of.
 *
 * @param life its id and incarnation
 * @param endpoint the address of its registration that other brokers use
 */
public record WatchedBroker(Life life, Endpoint endpoint) {}
