package dev.weir.cluster;

import java.util.Optional;

/**
 * The address of a broker.
 *
 * @param host a name or an address, without brackets, of at most 255 characters
 * @param port from 1 to 65535
 */
public record Endpoint(String host, int port) {
    private static final int MAX_HOST = 255;

    public Endpoint {
        if (host.isEmpty() || host.length() > MAX_HOST || port < 1 || port > 65_535) {
            throw new IllegalArgumentException("not an endpoint: " + host + ":" + port);
        }
    }

    /** Parses {@code host:port} or {@code [address]:port}; empty if it is neither. */
    public static Optional<Endpoint> parse(String text) {
        int colon = text.lastIndexOf(':');
        if (colon < 1
                || text.length() > MAX_HOST + 8
                || !text.substring(colon + 1).matches("[0-9]{1,5}")) {
            return Optional.empty();
        }
        String host = text.substring(0, colon);
        if (host.startsWith("[") && host.endsWith("]")) {
            host = host.substring(1, host.length() - 1);
        }
        int port = Integer.parseInt(text.substring(colon + 1));
        if (host.isEmpty() || host.length() > MAX_HOST || port < 1 || port > 65_535) {
            return Optional.empty();
        }
        return Optional.of(new Endpoint(host, port));
    }

    @Override
    public String toString() {
        return host.indexOf(':') < 0 ? host + ":" + port : "[" + host + "]:" + port;
    }
}
