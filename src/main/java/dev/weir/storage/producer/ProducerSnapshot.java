package dev.weir.storage.producer;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.zip.CRC32C;

/**
 * The content of a {@code .snapshot} file, Kafka's version 1: version (2 bytes), CRC-32C of all that follows it (4),
 * number of entries (4), then 46 bytes for each producer. Of a producer's batches only the last is kept.
 */
public final class ProducerSnapshot {
    static final short VERSION = 1;
    private static final int CRC_AT = 2;
    private static final int COUNT_AT = 6;
    private static final int HEADER_BYTES = 10;
    private static final int ENTRY_BYTES = 46;

    private ProducerSnapshot() {}

    public static byte[] encode(Collection<ProducerEntry> entries) {
        ByteBuffer out = ByteBuffer.allocate(HEADER_BYTES + entries.size() * ENTRY_BYTES);
        out.putShort(VERSION).putInt(0).putInt(entries.size());
        for (ProducerEntry entry : entries) {
            boolean empty = entry.batches().isEmpty();
            out.putLong(entry.producerId())
                    .putShort(entry.epoch())
                    .putInt(entry.lastSequence())
                    .putLong(entry.lastOffset())
                    .putInt(empty ? 0 : entry.last().offsetDelta())
                    .putLong(entry.lastTimestamp())
                    .putInt(entry.coordinatorEpoch())
                    .putLong(entry.currentTxnFirstOffset());
        }
        return out.putInt(CRC_AT, checksum(out.array())).array();
    }

    /** Empty where the bytes are not a whole, undamaged snapshot of version 1. */
    public static Optional<List<ProducerEntry>> decode(byte[] bytes) {
        if (bytes.length < HEADER_BYTES) {
            return Optional.empty();
        }
        ByteBuffer in = ByteBuffer.wrap(bytes);
        int count = in.getInt(COUNT_AT);
        if (in.getShort() != VERSION
                || in.getInt() != checksum(bytes)
                || bytes.length != HEADER_BYTES + (long) count * ENTRY_BYTES) {
            return Optional.empty();
        }
        in.position(HEADER_BYTES);
        List<ProducerEntry> entries = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            entries.add(entry(in));
        }
        return Optional.of(entries);
    }

    private static ProducerEntry entry(ByteBuffer in) {
        long producerId = in.getLong();
        short epoch = in.getShort();
        int lastSequence = in.getInt();
        long lastOffset = in.getLong();
        int offsetDelta = in.getInt();
        long timestamp = in.getLong();
        int coordinatorEpoch = in.getInt();
        long txnFirstOffset = Math.max(in.getLong(), -1);
        List<BatchSpan> batches =
                lastOffset < 0 ? List.of() : List.of(new BatchSpan(lastSequence, lastOffset, offsetDelta, timestamp));
        return new ProducerEntry(producerId, epoch, coordinatorEpoch, timestamp, txnFirstOffset, batches);
    }

    private static int checksum(byte[] bytes) {
        CRC32C crc = new CRC32C();
        crc.update(bytes, COUNT_AT, bytes.length - COUNT_AT);
        return (int) crc.getValue();
    }
}
