package dev.weir.network.api;

import java.net.InetAddress;
import org.apache.kafka.common.requests.RequestHeader;

/**
 * Where a request came from.
 *
 * @param header API, version, correlation id and client id
 * @param listener the name of the listener that the client came in by
 * @param client the peer's address
 * @param connectionId unique within the broker process
 * @param receivedNanos when the frame was complete, by {@link System#nanoTime()}
 */
public record RequestContext(
        RequestHeader header, String listener, InetAddress client, long connectionId, long receivedNanos) {
    /** The version of the request. */
    public short version() {
        return header.apiVersion();
    }

    /** The client id, empty where none was sent. */
    public String clientId() {
        return header.clientId() == null ? "" : header.clientId();
    }
}
