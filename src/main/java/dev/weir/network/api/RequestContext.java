package dev.weir.network.api;

import java.net.InetAddress;
import java.util.function.Consumer;
import org.apache.kafka.common.requests.RequestHeader;

/**
 * The origin of a request.
 *
 * @param header API, version, correlation id and client id
 * @param listener the name of the listener that the client came in by
 * @param client the peer's address
 * @param abandonment takes what {@link #onAbandoned} is given
 * @param bytesDone gives the request's bytes and their memory back before the answer, which does it otherwise: whoever calls it
 *     reads none of them any more. Safe from any thread, and more than once
 */
public record RequestContext(
        RequestHeader header, String listener, InetAddress client, Consumer<Runnable> abandonment, Runnable bytesDone) {
    /**
     * What to do when the connection closes before the request is answered, so that nothing waits for nobody; the latest
     * call counts. Runs on the connection's event loop. The request is to be answered all the same.
     */
    void onAbandoned(Runnable action) {
        abandonment.accept(action);
    }

    /** The version of the request. */
    public short version() {
        return header.apiVersion();
    }

    /** The client id, empty where none was sent. */
    public String clientId() {
        return header.clientId() == null ? "" : header.clientId();
    }
}
