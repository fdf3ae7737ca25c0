package dev.weir.storage;

import dev.weir.storage.batch.RecordsFixture;
import dev.weir.storage.producer.ProducerEntry;
import dev.weir.storage.producer.ProducerStateManager;
import java.util.Random;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.common.record.internal.CompressionType;
import org.apache.kafka.common.record.internal.ControlRecordType;
import org.apache.kafka.common.record.internal.EndTransactionMarker;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.RecordBatch;
import org.apache.kafka.common.record.internal.SimpleRecord;
import org.jspecify.annotations.Nullable;

/** Batches of plain, idempotent and transactional producers over few keys, in every codec, with tombstones and markers. */
final class RandomBatches {
    private static final int KEYS = 12;

    private final Random random;

    RandomBatches(Random random) {
        this.random = random;
    }

    /** A batch that may be appended at {@code base} where {@code known} is the state of the producers. */
    MemoryRecords next(long base, long nowMs, ProducerStateManager known) {
        long timestamp = random.nextInt(15) == 0 ? nowMs - random.nextInt(50_000) : nowMs;
        long transactional = random.nextInt(3);
        return switch (random.nextInt(6)) {
            case 0 -> data(base, timestamp, random.nextInt(3) + 10, (short) 0, false);
            case 1 -> data(base, timestamp, transactional, epochOf(transactional, known), true);
            case 2 ->
                isOpen(transactional, known) || random.nextInt(8) == 0
                        ? marker(
                                base,
                                timestamp,
                                transactional,
                                epochOf(transactional, known),
                                coordinatorOf(transactional, known))
                        : data(base, timestamp, -1, (short) -1, false);
            default -> data(base, timestamp, -1, (short) -1, false);
        };
    }

    private MemoryRecords data(long base, long timestamp, long producer, short epoch, boolean transactional) {
        SimpleRecord[] records = new SimpleRecord[1 + random.nextInt(4)];
        for (int i = 0; i < records.length; i++) {
            records[i] = new SimpleRecord(timestamp + random.nextInt(10), key(), value(base + i));
        }
        boolean compressed = random.nextInt(3) == 0;
        CompressionType codec = compressed ? CompressionType.values()[random.nextInt(5)] : CompressionType.NONE;
        return MemoryRecords.withRecords(
                RecordBatch.MAGIC_VALUE_V2,
                base,
                RecordsFixture.compression(codec),
                TimestampType.CREATE_TIME,
                producer,
                epoch,
                producer < 0 ? -1 : (int) base,
                -1,
                transactional,
                records);
    }

    private byte @Nullable [] key() {
        return random.nextInt(30) == 0 ? null : RecordsFixture.bytes("k" + random.nextInt(KEYS));
    }

    private byte @Nullable [] value(long offset) {
        return random.nextInt(4) == 0 ? null : TestLogs.value(offset, random.nextInt(120));
    }

    private MemoryRecords marker(long base, long timestamp, long producer, short epoch, int coordinator) {
        ControlRecordType type = random.nextBoolean() ? ControlRecordType.ABORT : ControlRecordType.COMMIT;
        short after = (short) (epoch + (random.nextInt(3) == 0 ? 1 : 0));
        return MemoryRecords.withEndTransactionMarker(
                base, timestamp, -1, producer, after, new EndTransactionMarker(type, coordinator));
    }

    private static boolean isOpen(long producer, ProducerStateManager known) {
        return known.producer(producer).map(ProducerEntry::inTransaction).orElse(false);
    }

    /** The coordinator changes now and then. */
    private int coordinatorOf(long producer, ProducerStateManager known) {
        int last = known.producer(producer).map(ProducerEntry::coordinatorEpoch).orElse(0);
        return Math.max(0, last) + (random.nextInt(4) == 0 ? 1 : 0);
    }

    private static short epochOf(long producer, ProducerStateManager known) {
        return known.producer(producer).map(ProducerEntry::epoch).orElse((short) 0);
    }
}
