package dev.weir.network.api;

import java.net.InetAddress;
import org.apache.kafka.common.requests.RequestHeader;

/**
 * The origin of a request.
 *
 * @param header API, version, correlation id and client id
 * @param listener the name of the listener that the client came in by
 * @param client the peer's address
 * @param link what the handler may do at the connection of the request
 */
public record RequestContext(RequestHeader header, String listener, InetAddress client, Link link) {

    /** One request's side of its connection. */
    public interface Link {
        /** The number of the connection; no two connections have the same. */
        long number();

        /**
         * Runs {@code action} when the connection closes before the request is answered, so that nothing waits for nobody; the
         * latest call counts. It runs on the connection's event loop. The request is to be answered all the same.
         */
        void onAbandoned(Runnable action);

        /**
         * Gives the request's bytes and their memory back before the answer, which does it otherwise: whoever calls it reads
         * none of them any more. Safe from any thread, and more than once.
         */
        void bytesDone();

        /** The request shows that the connection is a broker's, which clients do not keep out. On its event loop. */
        void ofBroker();

        /**
         * Has the connection for this request alone: no further one is looked at before the answer to this one is sent. A peer
         * that does not take it in time loses the connection. On the connection's event loop, once, before the answer.
         *
         * @param whenSent runs once, on the event loop: when the answer is sent, or when the connection has ended
         */
        void alone(Runnable whenSent);
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
