package dev.weir.network;

import java.util.List;

/**
 * What the Kafka protocol server is told.
 *
 * @param addresses where to listen
 * @param maxRequestBytes {@code socket.request.max.bytes}
 * @param queuedMaxBytes {@code queued.max.request.bytes}
 * @param maxConnections {@code max.connections}
 * @param maxConnectionsPerIp {@code max.connections.per.ip}
 * @param maxIdleMs {@code connections.max.idle.ms}; 0 or less keeps idle connections
 * @param sendBufferBytes {@code socket.send.buffer.bytes}; 0 or less leaves it to the system
 * @param receiveBufferBytes {@code socket.receive.buffer.bytes}; 0 or less leaves it to the system
 * @param backlog {@code socket.listen.backlog.size}
 * @param drainMs how long a stop waits for the replies in flight
 */
public record NetworkOptions(
        List<ListenAddress> addresses,
        int maxRequestBytes,
        long queuedMaxBytes,
        int maxConnections,
        int maxConnectionsPerIp,
        long maxIdleMs,
        int sendBufferBytes,
        int receiveBufferBytes,
        int backlog,
        long drainMs) {

    /**
     * One address to listen on.
     *
     * @param listener the listener's name
     * @param host name or address of the interface
     * @param port the port; 0 takes a free one
     * @param use who connects to it
     */
    public record ListenAddress(String listener, String host, int port, Use use) {}

    /** Who connects to a listener. */
    public enum Use {
        CLIENTS,
        BROKERS,
        BOTH
    }
}
