package dev.weir.storage;

import dev.weir.config.LogConfig;
import dev.weir.config.TestLogConfig;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.MutableRecordBatch;
import org.apache.kafka.common.record.internal.Record;
import org.apache.kafka.common.record.internal.RecordBatch;
import org.apache.kafka.common.record.internal.SimpleRecord;

/** Batches and configurations for the tests of this package. */
public final class TestLogs {
    public static final TopicPartition PARTITION = new TopicPartition("orders", 3);

    private TestLogs() {}

    /** Kafka's defaults with small segments and a dense index. */
    public static LogConfig config() {
        return config(16 * 1024, 256);
    }

    public static LogConfig config(int segmentBytes, int indexIntervalBytes) {
        return config(segmentBytes, indexIntervalBytes, 10 * 1024 * 1024, -1, -1);
    }

    public static LogConfig config(
            int segmentBytes, int indexIntervalBytes, int indexBytes, long retentionMs, long retentionBytes) {
        return TestLogConfig.of(c -> {
            c.segmentBytes = segmentBytes;
            c.indexIntervalBytes = indexIntervalBytes;
            c.indexBytes = indexBytes;
            c.retentionMs = retentionMs;
            c.retentionBytes = retentionBytes;
        });
    }

    /** One batch; record {@code i} has the value {@code "<offset>"} padded to {@code valueBytes}. */
    public static ByteBuffer batch(long baseOffset, int records, int valueBytes, long timestamp, int epoch) {
        return batch(baseOffset, records, valueBytes, timestamp, epoch, RecordBatch.NO_PRODUCER_ID, -1);
    }

    /** One batch with a record at each of these timestamps. */
    public static ByteBuffer batchAt(long baseOffset, long... timestamps) {
        SimpleRecord[] content = new SimpleRecord[timestamps.length];
        for (int i = 0; i < content.length; i++) {
            content[i] = new SimpleRecord(timestamps[i], key(baseOffset + i), value(baseOffset + i, 10));
        }
        return MemoryRecords.withRecords(
                        RecordBatch.MAGIC_VALUE_V2,
                        baseOffset,
                        Compression.NONE,
                        TimestampType.CREATE_TIME,
                        RecordBatch.NO_PRODUCER_ID,
                        RecordBatch.NO_PRODUCER_EPOCH,
                        RecordBatch.NO_SEQUENCE,
                        0,
                        false,
                        content)
                .buffer();
    }

    public static ByteBuffer batch(
            long baseOffset,
            int records,
            int valueBytes,
            long timestamp,
            int epoch,
            long producerId,
            int baseSequence) {
        SimpleRecord[] content = new SimpleRecord[records];
        for (int i = 0; i < records; i++) {
            content[i] = new SimpleRecord(timestamp + i, key(baseOffset + i), value(baseOffset + i, valueBytes));
        }
        return MemoryRecords.withRecords(
                        RecordBatch.MAGIC_VALUE_V2,
                        baseOffset,
                        Compression.NONE,
                        TimestampType.CREATE_TIME,
                        producerId,
                        producerId < 0 ? (short) -1 : 0,
                        baseSequence,
                        epoch,
                        false,
                        content)
                .buffer();
    }

    static byte[] key(long offset) {
        return Long.toString(offset).getBytes(StandardCharsets.UTF_8);
    }

    static byte[] value(long offset, int bytes) {
        byte[] value = new byte[bytes];
        byte[] text = Long.toString(offset).getBytes(StandardCharsets.UTF_8);
        System.arraycopy(text, 0, value, 0, Math.min(text.length, bytes));
        return value;
    }

    /** Offsets of all records in some batches, each checked against its key. */
    public static List<Long> offsets(ByteBuffer batches) {
        List<Long> found = new ArrayList<>();
        for (MutableRecordBatch batch : MemoryRecords.readableRecords(batches).batches()) {
            batch.ensureValid();
            for (Record record : batch) {
                String key = StandardCharsets.UTF_8.decode(record.key()).toString();
                if (!key.equals(Long.toString(record.offset()))) {
                    throw new AssertionError("offset " + record.offset() + " holds the record of " + key);
                }
                found.add(record.offset());
            }
        }
        return found;
    }

    /** Offsets that a reader gets from {@code start} on by reading up to {@code maxBytes} at a time. */
    static List<Long> readAll(PartitionLog log, long start, int maxBytes) throws Exception {
        List<Long> found = new ArrayList<>();
        long next = start;
        while (next < log.logEndOffset()) {
            long from = next;
            List<Long> chunk = offsets(log.readBatches(next, maxBytes)).stream()
                    .filter(o -> o >= from)
                    .toList();
            if (chunk.isEmpty()) {
                throw new AssertionError("nothing at " + next + " of " + log.logEndOffset());
            }
            found.addAll(chunk);
            next = chunk.get(chunk.size() - 1) + 1;
        }
        return found;
    }

    static long lastOffset(ByteBuffer batches) {
        long last = -1;
        for (MutableRecordBatch batch : MemoryRecords.readableRecords(batches).batches()) {
            last = batch.lastOffset();
        }
        return last;
    }

    /** Where each batch begins. */
    static List<Integer> positions(ByteBuffer bytes) {
        List<Integer> found = new ArrayList<>();
        int position = 0;
        for (MutableRecordBatch batch : MemoryRecords.readableRecords(bytes).batches()) {
            found.add(position);
            position += batch.sizeInBytes();
        }
        return found;
    }

    static int batches(ByteBuffer bytes) {
        int count = 0;
        for (MutableRecordBatch batch : MemoryRecords.readableRecords(bytes).batches()) {
            batch.ensureValid();
            count++;
        }
        return count;
    }
}
