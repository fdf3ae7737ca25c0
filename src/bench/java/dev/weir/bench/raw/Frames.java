package dev.weir.bench.raw;

import java.nio.ByteBuffer;
import org.apache.kafka.common.message.RequestHeaderData;
import org.apache.kafka.common.message.ResponseHeaderData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.ByteBufferAccessor;
import org.apache.kafka.common.protocol.MessageSizeAccumulator;
import org.apache.kafka.common.protocol.ObjectSerializationCache;
import org.apache.kafka.common.protocol.Readable;

/** Builds request frames, length prefix included, and opens response frames, length prefix taken off. */
public final class Frames {
    private static final String CLIENT_ID = "weir-bench";

    private Frames() {}

    /** A frame ready to be written, in a direct buffer; its correlation id is always 0. */
    public static ByteBuffer request(ApiKeys api, short version, ApiMessage body) {
        RequestHeaderData header = new RequestHeaderData()
                .setRequestApiKey(api.id)
                .setRequestApiVersion(version)
                .setClientId(CLIENT_ID);
        short headerVersion = api.requestHeaderVersion(version);
        ObjectSerializationCache cache = new ObjectSerializationCache();
        MessageSizeAccumulator size = new MessageSizeAccumulator();
        header.addSize(size, cache, headerVersion);
        body.addSize(size, cache, version);
        ByteBuffer frame = ByteBuffer.allocateDirect(Integer.BYTES + size.totalSize());
        frame.putInt(size.totalSize());
        ByteBufferAccessor writer = new ByteBufferAccessor(frame);
        header.write(writer, cache, headerVersion);
        body.write(writer, cache, version);
        return frame.flip();
    }

    /** What follows the header of a response. */
    public static Readable body(ByteBuffer response, ApiKeys api, short version) {
        ByteBufferAccessor reader = new ByteBufferAccessor(response);
        ResponseHeaderData header = new ResponseHeaderData(reader, api.responseHeaderVersion(version));
        if (header.correlationId() != 0) {
            throw new IllegalStateException("an answer to something never asked: " + header);
        }
        return reader;
    }
}
