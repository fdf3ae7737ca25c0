package dev.weir.bench.raw;

import java.nio.ByteBuffer;

/** Reads a record batch's header of format 2 where it lies. */
final class BatchHeader {
    /** Bytes of the header, records excluded. */
    static final int BYTES = 61;

    private static final int LENGTH = 8;
    private static final int LAST_OFFSET_DELTA = 23;
    private static final int RECORDS = 57;

    private BatchHeader() {}

    static int sizeInBytes(ByteBuffer buffer, int batch) {
        return LENGTH + Integer.BYTES + buffer.getInt(batch + LENGTH);
    }

    static long nextOffset(ByteBuffer buffer, int batch) {
        return buffer.getLong(batch) + buffer.getInt(batch + LAST_OFFSET_DELTA) + 1;
    }

    static int records(ByteBuffer buffer, int batch) {
        return buffer.getInt(batch + RECORDS);
    }
}
