package dev.weir.network.api;

import io.vertx.core.Future;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

/**
 * Serves one Kafka API. Runs on the event loop of the connection's network verticle.
 *
 * @param <D> the request message of kafka-clients
 */
public interface ApiHandler<D extends ApiMessage> {
    /** The API that this handler serves. */
    ApiKeys api();

    /** The lowest version advertised. */
    default short minVersion() {
        return api().oldestVersion();
    }

    /** The highest version served: the newest that kafka-clients marks stable. */
    default short maxVersion() {
        return api().latestVersion(false);
    }

    /**
     * Answers a request. A failed future becomes the API's own error response; a null response means that the client
     * expects none.
     */
    Future<? extends @Nullable ApiMessage> handle(D request, RequestContext context);

    /** The error with which a response refuses the whole request, for the metrics; NONE where some part of it was served. */
    default Errors refusal(ApiMessage response, short version) {
        return Errors.NONE;
    }
}
