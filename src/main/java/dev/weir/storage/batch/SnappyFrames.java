package dev.weir.storage.batch;

import java.nio.ByteBuffer;

/**
 * Checks the sizes that a snappy payload declares before the decompressor, which allocates whatever it is told, sees them.
 * A payload is either one raw snappy block or, after an 8-byte magic, a series of blocks with 4-byte lengths.
 */
final class SnappyFrames {
    private static final long STREAM_MAGIC = 0x82534e4150505900L;
    private static final int STREAM_MAGIC_HEAD = 0x82534e41;
    private static final int STREAM_HEADER_BYTES = 16;
    /** A copy of 64 bytes takes at least 3, so nothing valid expands further than this. */
    private static final int MAX_RATIO = 22;

    private SnappyFrames() {}

    static void check(ByteBuffer payload, long maxBytes) throws BadRecordsException {
        ByteBuffer at = payload.duplicate();
        if (at.remaining() < STREAM_HEADER_BYTES || at.getLong(at.position()) != STREAM_MAGIC) {
            checkBlock(at, at.remaining(), maxBytes);
            return;
        }
        at.position(at.position() + STREAM_HEADER_BYTES);
        while (at.remaining() >= Integer.BYTES) {
            int length = at.getInt();
            if (length == STREAM_MAGIC_HEAD && at.remaining() >= STREAM_HEADER_BYTES - Integer.BYTES) {
                at.position(at.position() + STREAM_HEADER_BYTES - Integer.BYTES);
                continue;
            }
            if (length < 0 || length > at.remaining()) {
                throw new BadRecordsException("a snappy block declares " + length + " of " + at.remaining() + " bytes");
            }
            checkBlock(at, length, maxBytes);
            at.position(at.position() + length);
        }
    }

    private static void checkBlock(ByteBuffer block, int length, long maxBytes) throws BadRecordsException {
        long declared = 0;
        for (int i = 0; i < Math.min(length, 5); i++) {
            byte b = block.get(block.position() + i);
            declared |= (long) (b & 0x7f) << (7 * i);
            if (b >= 0) {
                break;
            }
        }
        if (declared > maxBytes || declared > (long) length * MAX_RATIO) {
            throw new BadRecordsException("a snappy block of " + length + " bytes declares " + declared);
        }
    }
}
