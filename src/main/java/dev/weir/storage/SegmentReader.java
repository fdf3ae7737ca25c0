package dev.weir.storage;

import dev.weir.storage.batch.BatchLayout;
import dev.weir.storage.file.LogFile;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * Reads a sealed segment's batches through once, in pieces of whole batches, each checked against its checksum. Owned by
 * whoever made it; the buffer is the caller's and is replaced only for a batch that does not fit it.
 */
final class SegmentReader {
    private final LogFile file;
    private final int end;
    private final ByteBuffer buffer;
    private int position;

    /** @param end bytes of the log to read */
    SegmentReader(LogFile file, int end, ByteBuffer buffer) {
        this.file = file;
        this.end = end;
        this.buffer = buffer;
    }

    /** The next whole batches, at least one, valid until the next call; empty at the end. */
    ByteBuffer next() throws IOException {
        ByteBuffer piece = load(buffer);
        int whole = wholeBatches(piece);
        if (whole == 0 && piece.hasRemaining()) {
            piece = load(ByteBuffer.allocate(declaredSize(piece, 0)));
            whole = wholeBatches(piece);
            if (whole == 0) {
                throw damaged("is cut within a batch", position);
            }
        }
        position += whole;
        return piece.slice(0, whole);
    }

    private ByteBuffer load(ByteBuffer into) throws IOException {
        into.clear().limit(Math.min(into.capacity(), end - position));
        int expected = into.limit();
        if (file.readFully(into, position) < expected) {
            throw damaged("ends early", position);
        }
        return into.flip();
    }

    private int wholeBatches(ByteBuffer piece) throws IOException {
        int at = 0;
        while (piece.limit() - at >= BatchLayout.HEADER_BYTES) {
            int size = declaredSize(piece, at);
            if (size > piece.limit() - at) {
                break;
            }
            if (!BatchLayout.checksumHolds(piece, at, size)) {
                throw damaged("holds a batch that does not match its checksum", position + at);
            }
            at += size;
        }
        return at;
    }

    private int declaredSize(ByteBuffer piece, int at) throws IOException {
        if (piece.limit() - at < BatchLayout.HEADER_BYTES) {
            throw damaged("is cut within a batch header", position + at);
        }
        long size = (long) piece.getInt(at + BatchLayout.LENGTH) + BatchLayout.LENGTH_OVERHEAD;
        boolean fits = size >= BatchLayout.HEADER_BYTES && size <= end - position - at;
        if (!fits || piece.get(at + BatchLayout.MAGIC) != BatchLayout.MAGIC_V2) {
            throw damaged("holds no batch", position + at);
        }
        return (int) size;
    }

    private DamagedSegmentException damaged(String what, int at) {
        return new DamagedSegmentException(file.path() + " " + what + " at " + at);
    }
}
