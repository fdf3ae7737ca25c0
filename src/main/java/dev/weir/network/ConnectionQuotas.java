package dev.weir.network;

import java.net.InetAddress;
import java.util.HashMap;
import java.util.Map;

/**
 * Counts the open connections of the whole broker and of each address against {@code max.connections} and
 * {@code max.connections.per.ip}. A listener that is for brokers only has {@code max.connections} of its own, so that clients can't
 * keep brokers out. Shared by all network verticles; every method is short and safe from any thread.
 */
final class ConnectionQuotas {
    private int maxConnections;
    private int maxPerIp;
    private final Map<InetAddress, Integer> perIp = new HashMap<>();
    private int total;
    private int ofPeers;

    ConnectionQuotas(int maxConnections, int maxPerIp) {
        this.maxConnections = maxConnections;
        this.maxPerIp = maxPerIp;
    }

    synchronized void limit(int newMaxConnections, int newMaxPerIp) {
        maxConnections = newMaxConnections;
        maxPerIp = newMaxPerIp;
    }

    /** Whether a new connection from this address may stay; if so it is counted until {@link #closed}. */
    synchronized Admission admit(InetAddress address, boolean peersOnly) {
        if ((peersOnly ? ofPeers : total) >= maxConnections) {
            return Admission.TOO_MANY;
        }
        int ofAddress = perIp.getOrDefault(address, 0);
        if (ofAddress >= maxPerIp) {
            return Admission.TOO_MANY_FROM_ADDRESS;
        }
        if (peersOnly) {
            ofPeers++;
        } else {
            total++;
        }
        perIp.put(address, ofAddress + 1);
        return Admission.ADMITTED;
    }

    /** An admitted connection has closed. */
    synchronized void closed(InetAddress address, boolean peersOnly) {
        if (peersOnly) {
            ofPeers--;
        } else {
            total--;
        }
        perIp.computeIfPresent(address, (a, n) -> n > 1 ? n - 1 : null);
    }

    /** Open connections. */
    synchronized int open() {
        return total + ofPeers;
    }

    /** The answer to a new connection. */
    enum Admission {
        ADMITTED,
        TOO_MANY,
        TOO_MANY_FROM_ADDRESS
    }
}
