package dev.weir.peer;

/**
 * Where a peer listens.
 *
 * @param host a name, which is resolved at each attempt, or an address
 * @param port the TCP port
 */
public record PeerEndpoint(String host, int port) {
    @Override
    public String toString() {
        return host + ":" + port;
    }
}
