package dev.weir.network;

import dev.weir.bus.BusException;
import dev.weir.network.api.ApiHandler;
import dev.weir.network.api.ApiTable;
import dev.weir.network.api.RequestContext;
import dev.weir.protocol.RequestEnvelope;
import io.vertx.core.Future;
import java.nio.ByteBuffer;
import org.apache.kafka.common.message.ApiVersionsRequestData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.ByteBufferAccessor;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.AbstractRequest;
import org.apache.kafka.common.requests.AbstractResponse;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * From a frame to its handler and back to a response, errors included: every request that can be read gets its API's own
 * error response. Stateless but for the handlers; one for each network verticle.
 */
final class RequestDispatcher {
    private static final Logger LOG = LoggerFactory.getLogger(RequestDispatcher.class);

    private final ApiTable table;
    private final ClientWarnings warnings;

    RequestDispatcher(ApiTable table, ClientWarnings warnings) {
        this.table = table;
        this.warnings = warnings;
    }

    /** Handles one request; {@code context} is null for an ApiVersions request that is too new to be read. */
    void dispatch(
            RequestEnvelope envelope,
            @Nullable RequestContext context,
            ByteBuffer body,
            Connection.ReplyHandle handle) {
        if (context == null) {
            handle.reply(ApiTable.tooNew());
            return;
        }
        if (!table.isOpenTo(envelope.api())) {
            handle.turnAway();
            return;
        }
        AbstractRequest request;
        try {
            request = AbstractRequest.parseRequest(envelope.api(), envelope.version(), new ByteBufferAccessor(body))
                    .request;
        } catch (RuntimeException | Error e) {
            if (envelope.api() == ApiKeys.API_VERSIONS) {
                handle.reply(errorResponse(
                        new org.apache.kafka.common.requests.ApiVersionsRequest(
                                new ApiVersionsRequestData(), envelope.version()),
                        Errors.INVALID_REQUEST,
                        null));
                return;
            }
            handle.refuse("unreadable " + envelope.api() + " version " + envelope.version() + ": " + e.getMessage());
            return;
        }
        ApiHandler<ApiMessage> handler = table.find(envelope.api(), envelope.version(), context.listener());
        if (handler == null) {
            finish(request, handle, Errors.UNSUPPORTED_VERSION, envelope.api() + " is not served by this listener");
            return;
        }
        handle(handler, request, context).onComplete(result -> {
            if (result.succeeded()) {
                reply(handler, envelope, result.result(), handle);
                return;
            }
            Throwable cause = result.cause();
            Errors error = BusException.errorOf(cause);
            if (error == Errors.UNKNOWN_SERVER_ERROR) {
                unexpected(envelope.api() + " version " + envelope.version() + " failed unexpectedly", cause);
            }
            finish(request, handle, error, cause.getMessage());
        });
    }

    /** A fault of the broker, but one that a client may have found and may repeat as often as it likes. */
    private void unexpected(String what, Throwable cause) {
        warnings.warn(ClientWarnings.Kind.REQUEST_FAILED, System.nanoTime(), what + ": " + cause);
        LOG.debug("{}", what, cause);
    }

    private void reply(
            ApiHandler<ApiMessage> handler,
            RequestEnvelope envelope,
            @Nullable ApiMessage response,
            Connection.ReplyHandle handle) {
        Errors refusal = response == null ? Errors.NONE : refusal(handler, envelope, response);
        if (refusal != Errors.NONE) {
            handle.failed(refusal);
        }
        handle.reply(response);
    }

    /** Only counted: whatever goes wrong with it, the client gets its answer. */
    private Errors refusal(ApiHandler<ApiMessage> handler, RequestEnvelope envelope, ApiMessage response) {
        try {
            return handler.refusal(response, envelope.version());
        } catch (RuntimeException e) {
            unexpected("cannot tell whether an answer to " + envelope.api() + " is a refusal", e);
            return Errors.NONE;
        }
    }

    private static Future<? extends @Nullable ApiMessage> handle(
            ApiHandler<ApiMessage> handler, AbstractRequest request, RequestContext context) {
        try {
            return handler.handle(request.data(), context);
        } catch (RuntimeException | Error e) {
            return Future.failedFuture(e);
        }
    }

    private void finish(
            AbstractRequest request, Connection.ReplyHandle handle, Errors error, @Nullable String message) {
        handle.failed(error);
        ApiMessage response;
        try {
            response = errorResponse(request, error, message);
        } catch (RuntimeException | Error e) {
            // Some of Kafka's own requests cannot make one if a field is null.
            LOG.debug("There is no error response to {} version {}", request.apiKey(), request.version(), e);
            response = null;
        }
        if (response == null) {
            handle.refuse("no answer can be given to " + request.apiKey() + " version " + request.version()
                    + ", which failed: " + error);
        } else {
            handle.reply(response);
        }
    }

    private static @Nullable ApiMessage errorResponse(AbstractRequest request, Errors error, @Nullable String message) {
        AbstractResponse response = request.getErrorResponse(0, error.exception(message));
        return response == null ? null : response.data();
    }
}
