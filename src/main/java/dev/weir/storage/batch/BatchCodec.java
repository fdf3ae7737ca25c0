package dev.weir.storage.batch;

import dev.weir.config.LogConfig;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.record.internal.CompressionType;
import org.apache.kafka.common.utils.internals.BufferSupplier;
import org.apache.kafka.common.utils.internals.ByteBufferOutputStream;

/**
 * Opens the records of a compressed batch, and writes a batch again in another codec. Owned by one thread, whose scratch
 * buffers it keeps: {@link #SCRATCH_BYTES} plus what the codecs' own buffers need.
 */
final class BatchCodec {
    static final int SCRATCH_BYTES = 64 * 1024;

    private final BufferSupplier buffers = BufferSupplier.create();
    private final ByteBuffer scratch = ByteBuffer.allocate(SCRATCH_BYTES);

    /** What a walk does with the records. */
    interface Walk {
        void over(RecordCursor cursor) throws BadRecordsException;
    }

    /**
     * Runs {@code walk} over the decompressed records of {@code payload}, a batch's bytes after its header, which may come
     * to {@code maxBytes}.
     */
    void walk(ByteBuffer payload, CompressionType type, int maxBytes, Walk walk) throws BadRecordsException {
        if (type == CompressionType.SNAPPY) {
            SnappyFrames.check(payload, maxBytes);
        }
        try (InputStream in = open(payload, type)) {
            walk.over(RecordCursor.over(in, scratch, maxBytes));
        } catch (IOException e) {
            throw undecodable(e);
        }
    }

    /**
     * Writes {@code batch}, which fills its buffer and has been walked over, again with its records in {@code target}. Header fields but length,
     * codec and checksum stay; the checksum is left to the caller.
     */
    ByteBuffer transcode(ByteBuffer batch, CompressionType source, Compression target, int maxBytes)
            throws BadRecordsException {
        ByteBufferOutputStream out =
                new ByteBufferOutputStream(ByteBuffer.allocate((int) Math.min(maxBytes, batch.limit() * 2L)));
        out.write(batch.slice(0, BatchLayout.HEADER_BYTES));
        ByteBuffer payload = payloadOf(batch);
        try (InputStream in = open(payload, source);
                OutputStream compressed = target.wrapForOutput(out, BatchLayout.MAGIC_V2)) {
            for (int n = in.read(scratch.array()); n >= 0; n = in.read(scratch.array())) {
                compressed.write(scratch.array(), 0, n);
                if (out.position() > maxBytes) {
                    break;
                }
            }
        } catch (IOException | RuntimeException e) {
            throw undecodable(e);
        }
        ByteBuffer written = out.buffer();
        written.flip();
        written.putInt(BatchLayout.LENGTH, written.limit() - BatchLayout.LENGTH_OVERHEAD);
        int attributes = batch.getShort(BatchLayout.ATTRIBUTES) & ~BatchLayout.CODEC_MASK;
        written.putShort(BatchLayout.ATTRIBUTES, (short) (attributes | target.type().id));
        return written;
    }

    /** The codec that {@code compression.type} demands; a batch in another codec is written again. */
    static CompressionType target(LogConfig config, CompressionType source) {
        return switch (config.compressionType()) {
            case "producer" -> source;
            case "uncompressed" -> CompressionType.NONE;
            default -> CompressionType.forName(config.compressionType());
        };
    }

    /** {@code type} at the level that the topic sets. */
    static Compression atLevel(LogConfig config, CompressionType type) {
        return switch (type) {
            case NONE -> Compression.NONE;
            case GZIP -> Compression.gzip().level(config.gzipLevel()).build();
            case SNAPPY -> Compression.snappy().build();
            case LZ4 -> Compression.lz4().level(config.lz4Level()).build();
            case ZSTD -> Compression.zstd().level(config.zstdLevel()).build();
        };
    }

    static ByteBuffer payloadOf(ByteBuffer batch) {
        return batch.slice(BatchLayout.HEADER_BYTES, batch.limit() - BatchLayout.HEADER_BYTES);
    }

    private InputStream open(ByteBuffer payload, CompressionType type) throws BadRecordsException {
        try {
            return Compression.of(type).build().wrapForInput(payload, BatchLayout.MAGIC_V2, buffers);
        } catch (RuntimeException e) {
            throw undecodable(e);
        }
    }

    private static BadRecordsException undecodable(Exception e) {
        return new BadRecordsException("the records cannot be decompressed: " + e.getMessage());
    }
}
