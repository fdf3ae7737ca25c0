package dev.weir.peer;

import io.vertx.core.Future;
import io.vertx.core.net.NetClientOptions;
import java.util.function.Function;
import org.apache.kafka.common.protocol.ApiMessage;

/** How connections to peers are secured. Immutable; called on the event loop of a {@link PeerClient}. */
public interface PeerSecurity {
    /** No encryption and no authentication. */
    PeerSecurity PLAINTEXT = new PeerSecurity() {};

    /** The options of the socket, such as those of TLS. */
    default NetClientOptions options() {
        return new NetClientOptions();
    }

    /**
     * Authenticates a connection after the exchange of versions and before any other request. A failure closes it.
     *
     * @param ask sends a request and returns its response
     */
    default Future<?> authenticate(Function<ApiMessage, Future<ApiMessage>> ask) {
        return Future.succeededFuture();
    }
}
