package dev.weir.quorum;

import java.util.function.Consumer;

/**
 * The way to the other replicas of the metadata log. Owned by the driver of the quorum; called on its thread, and never
 * blocks.
 */
public interface QuorumTransport {
    /** The peer that stands for any of the bootstrap servers. */
    int ANY_BOOTSTRAP_SERVER = -1;

    /**
     * Sends a request. Exactly one of the two is called, once, on any thread, and possibly before this method returns.
     *
     * @param to the id of a voter, or {@link #ANY_BOOTSTRAP_SERVER}
     * @param voters the newest known voters with their endpoints; those of the configuration if the log names none
     * @param answered takes the response
     * @param unanswered runs if the connection was refused, was closed, or gave no response in time
     */
    void send(int to, VoterSet voters, QuorumRequest request, Consumer<QuorumAnswer> answered, Runnable unanswered);

    /** Closes all connections. Requests that are under way are unanswered. */
    void close();
}
