package dev.weir.protocol;

import java.nio.ByteBuffer;
import org.apache.kafka.common.errors.InvalidRequestException;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.requests.RequestHeader;
import org.jspecify.annotations.Nullable;

/**
 * The start of a request frame, before its body is looked at: which API, which version, and the header where this
 * version can be read.
 *
 * @param api the API
 * @param version the version as sent, maybe one that is not supported
 * @param correlationId echoed in the response
 * @param header the parsed header; null when only the API versions request can be answered, in version 0
 */
public record RequestEnvelope(
        ApiKeys api,
        short version,
        int correlationId,
        @Nullable RequestHeader header) {
    private static final int FIXED_BYTES = 8;

    /**
     * Reads the header and leaves the buffer at the body.
     *
     * @throws InvalidRequestException when the frame cannot be a request of a known API and version; the connection has
     *     to be closed, since no answer could be understood
     */
    public static RequestEnvelope parse(ByteBuffer frame) {
        if (frame.remaining() < FIXED_BYTES) {
            throw new InvalidRequestException("a request of " + frame.remaining() + " bytes has no complete header");
        }
        int start = frame.position();
        short key = frame.getShort(start);
        short version = frame.getShort(start + 2);
        int correlationId = frame.getInt(start + 4);
        if (!ApiKeys.hasId(key)) {
            throw new InvalidRequestException("unknown API key " + key);
        }
        ApiKeys api = ApiKeys.forId(key);
        if (!api.isVersionSupported(version)) {
            if (api == ApiKeys.API_VERSIONS) {
                return new RequestEnvelope(api, version, correlationId, null);
            }
            throw new InvalidRequestException("unsupported version " + version + " of " + api);
        }
        try {
            return new RequestEnvelope(api, version, correlationId, RequestHeader.parse(frame));
        } catch (RuntimeException e) {
            throw new InvalidRequestException("unreadable header of " + api + " version " + version, e);
        }
    }
}
