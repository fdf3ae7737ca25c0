package dev.weir.protocol;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.message.ResponseHeaderData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.ByteBufferAccessor;
import org.apache.kafka.common.protocol.MessageSizeAccumulator;
import org.apache.kafka.common.protocol.ObjectSerializationCache;
import org.apache.kafka.common.record.internal.BaseRecords;
import org.apache.kafka.common.record.internal.MemoryRecords;

/**
 * How one response goes out: the bytes to encode, and the record bytes spliced in between them without a copy. Use once:
 * size it, encode into a buffer of {@link #encodedBytes()}, then send the encoded bytes and the splices in order.
 */
public final class ResponsePlan {
    private static final int LENGTH_FIELD = 4;

    private final ObjectSerializationCache cache = new ObjectSerializationCache();
    private final ResponseHeaderData header;
    private final short headerVersion;
    private final ApiMessage body;
    private final short version;
    private final int encodedBytes;
    private final int frameBytes;

    public ResponsePlan(ApiKeys api, short version, int correlationId, ApiMessage body) {
        this.header = new ResponseHeaderData().setCorrelationId(correlationId);
        this.headerVersion = api.responseHeaderVersion(version);
        this.body = body;
        this.version = version;
        MessageSizeAccumulator size = new MessageSizeAccumulator();
        header.addSize(size, cache, headerVersion);
        body.addSize(size, cache, version);
        this.encodedBytes = LENGTH_FIELD + size.sizeExcludingZeroCopy();
        this.frameBytes = LENGTH_FIELD + size.totalSize();
    }

    /** Bytes that {@link #encode} writes. */
    public int encodedBytes() {
        return encodedBytes;
    }

    /** Bytes of the whole frame on the wire, splices and length field included. */
    public int frameBytes() {
        return frameBytes;
    }

    /**
     * Writes everything but the record bytes.
     *
     * @param target with at least {@link #encodedBytes()} remaining
     * @return where record bytes belong, in order
     */
    public List<Splice> encode(ByteBuffer target) {
        Splicing writer = new Splicing(target);
        writer.writeInt(frameBytes - LENGTH_FIELD);
        header.write(writer, cache, headerVersion);
        body.write(writer, cache, version);
        return writer.splices;
    }

    /**
     * Record bytes between two encoded bytes.
     *
     * @param at count of encoded bytes that come before
     * @param records what to send there
     */
    public record Splice(int at, BaseRecords records) {}

    private static final class Splicing extends ByteBufferAccessor {
        private final List<Splice> splices = new ArrayList<>(4);
        private final ByteBuffer target;
        private final int start;

        Splicing(ByteBuffer target) {
            super(target);
            this.target = target;
            this.start = target.position();
        }

        /** The bytes that an envelope holds; they are not counted among those to encode. */
        @Override
        public void writeByteBuffer(ByteBuffer bytes) {
            if (bytes.hasRemaining()) {
                splices.add(new Splice(target.position() - start, MemoryRecords.readableRecords(bytes.slice())));
            }
        }

        @Override
        public void writeRecords(BaseRecords records) {
            if (records.sizeInBytes() > 0) {
                splices.add(new Splice(target.position() - start, records));
            }
        }
    }
}
