package dev.weir.storage.batch;

import dev.weir.config.TestLogConfig;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.record.internal.CompressionType;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.Record;
import org.apache.kafka.common.record.internal.SimpleRecord;
import org.jspecify.annotations.Nullable;

/** Batches as a producer makes them, and the settings they are checked against. */
public final class RecordsFixture {
    public static final long NOW = 1_700_000_000_000L;

    private RecordsFixture() {}

    public static AppendContext context(Consumer<TestLogConfig> change) {
        return new AppendContext(TestLogConfig.of(change), AppendOrigin.CLIENT, 100, 7, NOW, true, true);
    }

    public static AppendContext context() {
        return context(rules -> {});
    }

    public static Compression compression(CompressionType type) {
        return Compression.of(type).build();
    }

    static List<SimpleRecord> records(int count) {
        List<SimpleRecord> records = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            Header[] headers = i % 3 == 0
                    ? new Header[] {
                        new RecordHeader("h" + i, bytes("x".repeat(i))), new RecordHeader("n", (byte[]) null)
                    }
                    : new Header[0];
            records.add(new SimpleRecord(
                    NOW - 1000 + (i * 37) % 500,
                    i % 4 == 3 ? null : bytes("key-" + i),
                    i % 5 == 4 ? null : bytes("value-" + "v".repeat(i * 13 % 700)),
                    headers));
        }
        return records;
    }

    public static ByteBuffer batch(CompressionType type, List<SimpleRecord> records) {
        return copy(MemoryRecords.withRecords(compression(type), records.toArray(SimpleRecord[]::new))
                .buffer());
    }

    public static ByteBuffer batch(CompressionType type, int count) {
        return batch(type, records(count));
    }

    static ByteBuffer copy(ByteBuffer source) {
        return ByteBuffer.allocate(source.remaining()).put(source.duplicate()).flip();
    }

    static ByteBuffer reseal(ByteBuffer batch) {
        BatchLayout.sealChecksum(batch, 0, batch.limit());
        return batch;
    }

    public static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    static byte[] array(ByteBuffer buffer) {
        byte[] bytes = new byte[buffer.remaining()];
        buffer.duplicate().get(bytes);
        return bytes;
    }

    /** Everything that a reader gets of one record. */
    public record Seen(
            long offset,
            long timestamp,
            @Nullable String key,
            @Nullable String value,
            List<String> headers) {
        public static Seen of(Record record) {
            List<String> headers = new ArrayList<>();
            for (Header header : record.headers()) {
                headers.add(header.key() + "="
                        + (header.value() == null ? null : new String(header.value(), StandardCharsets.ISO_8859_1)));
            }
            return new Seen(record.offset(), record.timestamp(), text(record.key()), text(record.value()), headers);
        }

        private static @Nullable String text(@Nullable ByteBuffer buffer) {
            return buffer == null
                    ? null
                    : StandardCharsets.ISO_8859_1.decode(buffer.duplicate()).toString();
        }
    }

    /** What kafka-clients reads, with every check it has. */
    static List<Seen> readBack(ByteBuffer bytes) {
        List<Seen> seen = new ArrayList<>();
        MemoryRecords read = MemoryRecords.readableRecords(bytes.duplicate());
        for (var batch : read.batches()) {
            batch.ensureValid();
            for (Record record : batch) {
                record.ensureValid();
                seen.add(Seen.of(record));
            }
        }
        return seen;
    }
}
