package dev.weir.storage.batch;

import java.nio.ByteBuffer;
import java.util.zip.CRC32C;
import org.apache.kafka.common.record.internal.DefaultRecordBatch;

/**
 * Where the fields of a v2 record batch lie, in bytes from its start, and how they are read in place. The checksum covers
 * everything from {@link #ATTRIBUTES}: base offset and leader epoch may change without touching it.
 */
public final class BatchLayout {
    static final int BASE_OFFSET = 0;
    public static final int LENGTH = 8;
    public static final int LEADER_EPOCH = 12;
    public static final int MAGIC = 16;
    public static final int CRC = 17;
    public static final int ATTRIBUTES = 21;
    public static final int LAST_OFFSET_DELTA = 23;
    static final int BASE_TIMESTAMP = 27;
    public static final int MAX_TIMESTAMP = 35;
    public static final int PRODUCER_ID = 43;
    static final int PRODUCER_EPOCH = 51;
    static final int BASE_SEQUENCE = 53;
    public static final int COUNT = 57;
    /** Bytes of the header: the records begin here. */
    public static final int HEADER_BYTES = 61;
    /** Bytes before those that {@link #LENGTH} counts. */
    public static final int LENGTH_OVERHEAD = 12;

    public static final byte MAGIC_V2 = 2;
    static final int CODEC_MASK = 0x07;
    static final int APPEND_TIME_FLAG = 0x08;
    static final int TRANSACTIONAL_FLAG = 0x10;
    static final int CONTROL_FLAG = 0x20;
    static final int DELETE_HORIZON_FLAG = 0x40;

    private BatchLayout() {}

    static long checksum(ByteBuffer batch, int start, int size) {
        CRC32C crc = new CRC32C();
        crc.update(batch.duplicate().limit(start + size).position(start + ATTRIBUTES));
        return crc.getValue();
    }

    public static boolean checksumHolds(ByteBuffer batch, int start, int size) {
        return (int) checksum(batch, start, size) == batch.getInt(start + CRC);
    }

    static void sealChecksum(ByteBuffer batch, int start, int size) {
        batch.putInt(start + CRC, (int) checksum(batch, start, size));
    }

    /** The sequence of the record {@code delta} places after {@code baseSequence}; -1 where there is no sequence. */
    public static int sequenceAfter(int baseSequence, int delta) {
        return baseSequence < 0 ? baseSequence : DefaultRecordBatch.incrementSequence(baseSequence, delta);
    }
}
