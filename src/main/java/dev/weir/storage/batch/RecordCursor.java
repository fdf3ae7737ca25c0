package dev.weir.storage.batch;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

/**
 * Reads the records of one batch forwards, either straight from the batch or, where it is compressed, through a fixed
 * scratch buffer that is refilled from the decompressing stream. Never holds more than the scratch, and gives up beyond its
 * bound of decompressed bytes.
 */
final class RecordCursor {
    private final @Nullable InputStream stream;
    private final long maxBytes;
    private final ByteBuffer window;
    private int at;
    private int end;
    private long passed;

    private RecordCursor(ByteBuffer window, int at, int end, @Nullable InputStream stream, long maxBytes) {
        this.window = window;
        this.at = at;
        this.end = end;
        this.stream = stream;
        this.maxBytes = maxBytes;
        this.passed = -at;
    }

    /** Over the bytes {@code [from, to)} of {@code batch}. */
    static RecordCursor over(ByteBuffer batch, int from, int to) {
        return new RecordCursor(batch, from, to, null, Long.MAX_VALUE);
    }

    /** Over what {@code stream} yields, through {@code scratch} (array-backed), up to {@code maxBytes}. */
    static RecordCursor over(InputStream stream, ByteBuffer scratch, long maxBytes) {
        return new RecordCursor(scratch, 0, 0, stream, maxBytes);
    }

    /** Bytes from the start of the window's first filling; only differences mean anything. */
    long position() {
        return passed + at;
    }

    /** The most bytes that the records may have. */
    long maxBytes() {
        return maxBytes;
    }

    byte next() throws BadRecordsException {
        if (at == end && !refill()) {
            throw ended();
        }
        return window.get(at++);
    }

    void skip(int bytes) throws BadRecordsException {
        int left = bytes;
        while (left > end - at) {
            left -= end - at;
            at = end;
            if (!refill()) {
                throw ended();
            }
        }
        at += left;
    }

    boolean atEnd() throws BadRecordsException {
        return at == end && !refill();
    }

    /** A zigzag varint of at most 32 bits. */
    int varint() throws BadRecordsException {
        int raw = next();
        if (raw >= 0) {
            return (raw >>> 1) ^ -(raw & 1);
        }
        raw &= 0x7f;
        for (int shift = 7; shift < 35; shift += 7) {
            int b = next();
            raw |= (b & 0x7f) << shift;
            if (b >= 0) {
                if (shift == 28 && b > 0x0f) {
                    break;
                }
                return (raw >>> 1) ^ -(raw & 1);
            }
        }
        throw new BadRecordsException("a varint exceeds 32 bits");
    }

    /** A zigzag varint of at most 64 bits. */
    long varlong() throws BadRecordsException {
        long raw = next();
        if (raw >= 0) {
            return (raw >>> 1) ^ -(raw & 1);
        }
        raw &= 0x7f;
        for (int shift = 7; shift < 70; shift += 7) {
            long b = next();
            raw |= (b & 0x7f) << shift;
            if (b >= 0) {
                if (shift == 63 && b > 1) {
                    break;
                }
                return (raw >>> 1) ^ -(raw & 1);
            }
        }
        throw new BadRecordsException("a varint exceeds 64 bits");
    }

    private boolean refill() throws BadRecordsException {
        if (stream == null) {
            return false;
        }
        passed += end;
        at = 0;
        end = 0;
        int read;
        try {
            read = stream.read(window.array(), window.arrayOffset(), window.capacity());
        } catch (IOException | RuntimeException e) {
            throw new BadRecordsException("the records cannot be decompressed: " + e.getMessage());
        }
        if (read < 0) {
            return false;
        }
        if (read == 0) {
            throw new BadRecordsException("the records cannot be decompressed: the stream stalls");
        }
        end = read;
        if (passed + read > maxBytes) {
            // A producer that is told so sends smaller batches.
            throw new BadRecordsException(
                    Errors.MESSAGE_TOO_LARGE, "the records decompress to more than " + maxBytes + " bytes");
        }
        return true;
    }

    private static BadRecordsException ended() {
        return new BadRecordsException("the records end early");
    }
}
