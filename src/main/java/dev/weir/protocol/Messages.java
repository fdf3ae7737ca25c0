package dev.weir.protocol;

import java.nio.ByteBuffer;
import org.apache.kafka.common.message.RequestHeaderData;
import org.apache.kafka.common.message.ResponseHeaderData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.ByteBufferAccessor;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.protocol.Message;
import org.apache.kafka.common.protocol.MessageSizeAccumulator;
import org.apache.kafka.common.protocol.ObjectSerializationCache;
import org.apache.kafka.common.requests.AbstractResponse;
import org.jspecify.annotations.Nullable;

/** Whole messages as bytes: requests that this broker sends, and the messages inside an envelope. Stateless. */
public final class Messages {
    private static final int LENGTH_FIELD = 4;

    private Messages() {}

    /**
     * A request as a frame, its length field included.
     *
     * @throws org.apache.kafka.common.errors.UnsupportedVersionException if that version has no room for what the request says
     */
    public static ByteBuffer requestFrame(
            ApiKeys api, short version, int correlationId, String clientId, ApiMessage body) {
        return encoded(
                LENGTH_FIELD,
                header(api, version, correlationId, clientId),
                api.requestHeaderVersion(version),
                body,
                version);
    }

    /** A request without length field, as an envelope holds it. */
    public static ByteBuffer request(ApiKeys api, short version, int correlationId, String clientId, ApiMessage body) {
        return encoded(
                0, header(api, version, correlationId, clientId), api.requestHeaderVersion(version), body, version);
    }

    /** A response without length field, as an envelope holds it. */
    public static ByteBuffer response(ApiKeys api, short version, int correlationId, ApiMessage body) {
        ResponseHeaderData header = new ResponseHeaderData().setCorrelationId(correlationId);
        return encoded(0, header, api.responseHeaderVersion(version), body, version);
    }

    /**
     * Reads a response from its header on. Records in it are a view of {@code bytes}.
     *
     * @throws RuntimeException if the bytes are no such response
     */
    public static ApiMessage readResponse(ApiKeys api, short version, ByteBuffer bytes) {
        ByteBufferAccessor from = new ByteBufferAccessor(bytes);
        new ResponseHeaderData(from, api.responseHeaderVersion(version));
        ApiMessage body = api.messageType.newResponse();
        body.read(from, version);
        return body;
    }

    /** Whether a response without records has this error anywhere in it. */
    public static boolean hasError(ApiKeys api, short version, ApiMessage response, Errors error) {
        ObjectSerializationCache cache = new ObjectSerializationCache();
        ByteBuffer bytes = ByteBuffer.allocate(response.size(cache, version));
        response.write(new ByteBufferAccessor(bytes), cache, version);
        bytes.flip();
        return AbstractResponse.parseResponse(api, new ByteBufferAccessor(bytes), version)
                .errorCounts()
                .containsKey(error);
    }

    private static RequestHeaderData header(ApiKeys api, short version, int correlationId, @Nullable String clientId) {
        return new RequestHeaderData()
                .setRequestApiKey(api.id)
                .setRequestApiVersion(version)
                .setCorrelationId(correlationId)
                .setClientId(clientId);
    }

    private static ByteBuffer encoded(int room, Message header, short headerVersion, Message body, short version) {
        ObjectSerializationCache cache = new ObjectSerializationCache();
        MessageSizeAccumulator size = new MessageSizeAccumulator();
        header.addSize(size, cache, headerVersion);
        body.addSize(size, cache, version);
        ByteBuffer bytes = ByteBuffer.allocate(room + size.totalSize());
        ByteBufferAccessor to = new ByteBufferAccessor(bytes);
        if (room > 0) {
            to.writeInt(size.totalSize());
        }
        header.write(to, cache, headerVersion);
        body.write(to, cache, version);
        return bytes.flip();
    }
}
