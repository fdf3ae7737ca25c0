package dev.weir.network.api;

import dev.weir.bus.BusException;
import dev.weir.peer.wire.Envelopes;
import dev.weir.protocol.Messages;
import io.vertx.core.AsyncResult;
import io.vertx.core.Future;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.message.EnvelopeRequestData;
import org.apache.kafka.common.message.EnvelopeResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.ByteBufferAccessor;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.AbstractRequest;
import org.apache.kafka.common.requests.RequestHeader;

/**
 * Envelope (KIP-590): a request of a client that another broker has forwarded. It is handled at this broker's controller and never
 * forwarded again. An envelope within an envelope, and any API that is not forwarded, is refused.
 */
final class EnvelopeHandler implements ApiHandler<EnvelopeRequestData> {
    private final Map<ApiKeys, ApiHandler<ApiMessage>> handlers = new EnumMap<>(ApiKeys.class);

    /** @param atController the handlers that ask this broker's controller only */
    @SuppressWarnings("unchecked")
    EnvelopeHandler(List<ApiHandler<?>> atController) {
        atController.forEach(handler -> {
            if (!handler.api().forwardable) {
                throw new IllegalArgumentException(handler.api() + " is not forwarded");
            }
            handlers.put(handler.api(), (ApiHandler<ApiMessage>) handler);
        });
    }

    @Override
    public ApiKeys api() {
        return ApiKeys.ENVELOPE;
    }

    @Override
    public Future<EnvelopeResponseData> handle(EnvelopeRequestData envelope, RequestContext context) {
        RequestHeader header;
        AbstractRequest request;
        InetAddress client;
        try {
            // Everybody is anonymous; a principal that cannot be read is refused all the same.
            Envelopes.principal(envelope);
            client = Envelopes.client(envelope);
            ByteBuffer inside = Envelopes.request(envelope);
            header = RequestHeader.parse(inside);
            if (!header.apiKey().forwardable || !header.apiKey().isVersionSupported(header.apiVersion())) {
                return refused(Errors.INVALID_REQUEST);
            }
            request = AbstractRequest.parseRequest(header.apiKey(), header.apiVersion(), new ByteBufferAccessor(inside))
                    .request;
        } catch (SerializationException e) {
            return refused(Errors.PRINCIPAL_DESERIALIZATION_FAILURE);
        } catch (UnknownHostException | RuntimeException e) {
            return refused(Errors.INVALID_REQUEST);
        }
        ApiHandler<ApiMessage> handler = handlers.get(header.apiKey());
        if (handler == null || header.apiVersion() > handler.maxVersion()) {
            return refused(Errors.UNSUPPORTED_VERSION);
        }
        RequestContext inside = new RequestContext(header, context.listener(), client, context.link());
        return ask(handler, request, inside).transform(result -> answer(header, request, result));
    }

    private static Future<? extends ApiMessage> ask(
            ApiHandler<ApiMessage> handler, AbstractRequest request, RequestContext context) {
        try {
            return handler.handle(request.data(), context).map(response -> response);
        } catch (RuntimeException | Error e) {
            return Future.failedFuture(e);
        }
    }

    private static Future<EnvelopeResponseData> answer(
            RequestHeader header, AbstractRequest request, AsyncResult<? extends ApiMessage> result) {
        ApiMessage response;
        if (result.succeeded()) {
            response = result.result();
        } else {
            Errors error = BusException.errorOf(result.cause());
            if (error == Errors.NOT_CONTROLLER) {
                return refused(error);
            }
            response = request.getErrorResponse(
                            0, error.exception(result.cause().getMessage()))
                    .data();
        }
        if (Messages.hasError(header.apiKey(), header.apiVersion(), response, Errors.NOT_CONTROLLER)) {
            return refused(Errors.NOT_CONTROLLER);
        }
        return Future.succeededFuture(new EnvelopeResponseData()
                .setResponseData(
                        Messages.response(header.apiKey(), header.apiVersion(), header.correlationId(), response)));
    }

    private static Future<EnvelopeResponseData> refused(Errors error) {
        return Future.succeededFuture(new EnvelopeResponseData().setErrorCode(error.code()));
    }
}
