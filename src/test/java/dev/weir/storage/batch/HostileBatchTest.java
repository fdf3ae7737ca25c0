package dev.weir.storage.batch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.storage.batch.AppendVerdict.Rejected;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.Random;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.record.internal.CompressionType;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.SimpleRecord;
import org.apache.kafka.common.utils.internals.ByteBufferOutputStream;
import org.apache.kafka.common.utils.internals.ByteUtils;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Everything that a producer can get wrong, or do on purpose. */
class HostileBatchTest {
    private final RecordValidator validator = new RecordValidator(1 << 20);

    /** One way to spoil a good batch, and the answer to it. */
    private static Arguments spoilt(String what, Errors error, UnaryOperator<ByteBuffer> change) {
        return Arguments.of(what, error, change);
    }

    private static UnaryOperator<ByteBuffer> sealed(java.util.function.Consumer<ByteBuffer> change) {
        return bytes -> {
            change.accept(bytes);
            return RecordsFixture.reseal(bytes);
        };
    }

    static Stream<Arguments> spoiltHeaders() {
        return Stream.of(
                spoilt("nothing at all", Errors.INVALID_RECORD, b -> b.limit(0)),
                spoilt("cut in the header", Errors.CORRUPT_MESSAGE, b -> b.limit(16)),
                spoilt("cut by one byte", Errors.CORRUPT_MESSAGE, b -> b.limit(b.limit() - 1)),
                spoilt("one byte follows", Errors.INVALID_RECORD, b -> grow(b, 1)),
                spoilt("a second batch", Errors.INVALID_RECORD, b -> grow(b, b.limit())
                        .put(b.limit(), b, 0, b.limit())),
                spoilt("negative length", Errors.CORRUPT_MESSAGE, b -> b.putInt(BatchLayout.LENGTH, -1)),
                spoilt("smallest length", Errors.CORRUPT_MESSAGE, b -> b.putInt(BatchLayout.LENGTH, Integer.MIN_VALUE)),
                spoilt("length 0", Errors.CORRUPT_MESSAGE, b -> b.putInt(BatchLayout.LENGTH, 0)),
                spoilt("length shorter than a header", Errors.CORRUPT_MESSAGE, b -> b.putInt(BatchLayout.LENGTH, 48)),
                spoilt("2 GB", Errors.CORRUPT_MESSAGE, b -> b.putInt(BatchLayout.LENGTH, Integer.MAX_VALUE)),
                spoilt("magic 0", Errors.UNSUPPORTED_FOR_MESSAGE_FORMAT, b -> b.put(BatchLayout.MAGIC, (byte) 0)),
                spoilt("magic 1", Errors.UNSUPPORTED_FOR_MESSAGE_FORMAT, b -> b.put(BatchLayout.MAGIC, (byte) 1)),
                spoilt("magic 3", Errors.CORRUPT_MESSAGE, b -> b.put(BatchLayout.MAGIC, (byte) 3)),
                spoilt("magic -1", Errors.CORRUPT_MESSAGE, b -> b.put(BatchLayout.MAGIC, (byte) -1)),
                spoilt("wrong checksum", Errors.CORRUPT_MESSAGE, b -> b.putInt(BatchLayout.CRC, 0)),
                spoilt("codec 5", Errors.UNSUPPORTED_COMPRESSION_TYPE, sealed(b -> attributes(b, 5))),
                spoilt("codec 7", Errors.UNSUPPORTED_COMPRESSION_TYPE, sealed(b -> attributes(b, 7))),
                spoilt("claims gzip", Errors.INVALID_RECORD, sealed(b -> attributes(b, 1))),
                spoilt("claims snappy", Errors.INVALID_RECORD, sealed(b -> attributes(b, 2))),
                spoilt("claims lz4", Errors.INVALID_RECORD, sealed(b -> attributes(b, 3))),
                spoilt("claims zstd", Errors.INVALID_RECORD, sealed(b -> attributes(b, 4))),
                spoilt("claims append time", Errors.INVALID_TIMESTAMP, sealed(b -> attributes(b, 8))),
                spoilt("control", Errors.INVALID_RECORD, sealed(b -> attributes(b, 0x20))),
                spoilt("transactional, no producer", Errors.INVALID_RECORD, sealed(b -> attributes(b, 0x10))),
                spoilt("delete horizon", Errors.INVALID_RECORD, sealed(b -> attributes(b, 0x40))),
                spoilt("one record more", Errors.INVALID_RECORD, sealed(b -> count(b, 4, 3))),
                spoilt("one record fewer", Errors.INVALID_RECORD, sealed(b -> count(b, 2, 1))),
                spoilt("no record", Errors.INVALID_RECORD, sealed(b -> count(b, 0, -1))),
                spoilt("no record, delta 2", Errors.INVALID_RECORD, sealed(b -> count(b, 0, 2))),
                spoilt("negative count", Errors.INVALID_RECORD, sealed(b -> count(b, -3, -4))),
                spoilt(
                        "2^31 records",
                        Errors.INVALID_RECORD,
                        sealed(b -> count(b, Integer.MAX_VALUE, Integer.MAX_VALUE - 1))),
                spoilt("gap after the batch", Errors.INVALID_RECORD, sealed(b -> count(b, 3, 5))),
                spoilt("smaller last delta", Errors.INVALID_RECORD, sealed(b -> count(b, 3, 1))),
                spoilt("base offset 1", Errors.INVALID_RECORD, b -> b.putLong(BatchLayout.BASE_OFFSET, 1)),
                spoilt("base offset -1", Errors.INVALID_RECORD, b -> b.putLong(BatchLayout.BASE_OFFSET, -1)),
                spoilt("producer without sequence", Errors.INVALID_RECORD, sealed(b -> producer(b, 5, 0, -1))),
                spoilt("producer without epoch", Errors.INVALID_RECORD, sealed(b -> producer(b, 5, -1, 0))),
                spoilt("producer -2", Errors.INVALID_RECORD, sealed(b -> producer(b, -2, 0, 0))),
                spoilt(
                        "time stamps before 1970",
                        Errors.INVALID_TIMESTAMP,
                        sealed(b -> b.putLong(BatchLayout.BASE_TIMESTAMP, -5000))),
                spoilt(
                        "time stamps that overflow",
                        Errors.INVALID_TIMESTAMP,
                        sealed(b -> b.putLong(BatchLayout.BASE_TIMESTAMP, Long.MAX_VALUE - 1))));
    }

    @ParameterizedTest(name = "{0}: {1}")
    @MethodSource("spoiltHeaders")
    void shouldRefuseASpoiltHeader(String what, Errors error, UnaryOperator<ByteBuffer> change) {
        // Given
        ByteBuffer bytes = change.apply(RecordsFixture.batch(CompressionType.NONE, 3));
        byte[] before = RecordsFixture.array(bytes);

        // When
        AppendVerdict verdict = validator.validate(bytes, RecordsFixture.context());

        // Then
        assertThat(verdict).as(what).isInstanceOfSatisfying(Rejected.class, r -> assertThat(r.error())
                .isEqualTo(error));
        assertThat(RecordsFixture.array(bytes)).isEqualTo(before);
    }

    /** Records by their fields; each argument is one way to write them wrongly. */
    static Stream<Arguments> spoiltRecords() {
        return Stream.of(
                Arguments.of("offset delta 1", record(0, 1, "k", "v", 0)),
                Arguments.of("offset delta -1", record(0, -1, "k", "v", 0)),
                Arguments.of("size one too small", resized(record(0, 0, "k", "v", 0), -1)),
                Arguments.of("size one too large", resized(record(0, 0, "k", "v", 0), 1)),
                Arguments.of("negative size", varints(-1)),
                Arguments.of("size 2^31", varints(Integer.MAX_VALUE)),
                Arguments.of("key of -2 bytes", body(0, 0, 0, 0, -2, 1, 'v', 0)),
                Arguments.of("key of 2^31 bytes", body(0, 0, 0, 0, Integer.MAX_VALUE, 'k', 0)),
                Arguments.of("value of -2 bytes", body(0, 0, 0, 0, 0, -2, 0)),
                Arguments.of("value past the end", body(0, 0, 0, 0, 0, 50, 'v', 0)),
                Arguments.of("no header count", body(0, 0, 0, 0, 0, 0)),
                Arguments.of("-1 headers", record(0, 0, "k", "v", -1)),
                Arguments.of("2^31 headers", record(0, 0, "k", "v", Integer.MAX_VALUE)),
                Arguments.of("header without key", body(0, 0, 0, 0, 0, 0, 1, -1, 0)),
                Arguments.of("header value of -2 bytes", body(0, 0, 0, 0, 0, 0, 1, 0, -2)),
                Arguments.of("endless varint", new byte[] {-1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1}),
                Arguments.of("varint of 33 bits", new byte[] {14, 0, 0, -128, -128, -128, -128, 16, 0}),
                Arguments.of("bytes after the record", concat(record(0, 0, "k", "v", 0), new byte[] {0})),
                Arguments.of(
                        "two records where one is declared",
                        concat(record(0, 0, "k", "v", 0), record(0, 1, "k", "v", 0))),
                Arguments.of("nothing", new byte[0]));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("spoiltRecords")
    void shouldRefuseASpoiltRecordInEveryCodec(String what, byte[] records) {
        for (CompressionType type : CompressionType.values()) {
            AppendVerdict verdict = validator.validate(envelope(type, records), RecordsFixture.context());

            assertThat(verdict).as("%s in %s", what, type).isInstanceOfSatisfying(Rejected.class, r -> assertThat(
                            r.error())
                    .isEqualTo(Errors.INVALID_RECORD));
        }
    }

    @ParameterizedTest
    @EnumSource(CompressionType.class)
    void shouldTakeTheSameRecordUnspoilt(CompressionType type) {
        AppendVerdict verdict = validator.validate(envelope(type, record(0, 0, "k", "v", 0)), RecordsFixture.context());

        assertThat(verdict).isInstanceOf(AppendVerdict.Accepted.class);
    }

    static Stream<Arguments> forbidden() {
        AppendContext plain = RecordsFixture.context();
        return Stream.of(
                Arguments.of(
                        Errors.MESSAGE_TOO_LARGE,
                        CompressionType.NONE,
                        RecordsFixture.context(r -> r.maxMessageBytes = 100)),
                Arguments.of(
                        Errors.RECORD_LIST_TOO_LARGE,
                        CompressionType.NONE,
                        RecordsFixture.context(r -> r.segmentBytes = 100)),
                Arguments.of(
                        Errors.UNSUPPORTED_COMPRESSION_TYPE,
                        CompressionType.ZSTD,
                        new AppendContext(plain.config(), AppendOrigin.CLIENT, 0, 0, RecordsFixture.NOW, false, true)));
    }

    @ParameterizedTest
    @MethodSource("forbidden")
    void shouldRefuseWhatTheRulesForbid(Errors error, CompressionType type, AppendContext context) {
        AppendVerdict verdict = validator.validate(RecordsFixture.batch(type, 20), context);

        assertThat(verdict).isInstanceOfSatisfying(Rejected.class, r -> assertThat(r.error())
                .isEqualTo(error));
    }

    @ParameterizedTest
    @EnumSource(value = CompressionType.class, names = "NONE", mode = EnumSource.Mode.EXCLUDE)
    void shouldSurviveEveryFlippedByteOfACompressedPayload(CompressionType type) {
        // Given
        ByteBuffer good = RecordsFixture.batch(type, 12);
        Random random = new Random(type.id);

        IntStream.range(BatchLayout.ATTRIBUTES, good.limit()).forEach(at -> {
            ByteBuffer bytes = RecordsFixture.copy(good);
            bytes.put(at, (byte) (bytes.get(at) ^ (1 + random.nextInt(255))));
            RecordsFixture.reseal(bytes);

            // When
            AppendVerdict verdict = validator.validate(bytes, RecordsFixture.context());

            // Then
            if (verdict instanceof AppendVerdict.Accepted accepted) {
                assertThat(RecordsFixture.readBack(accepted.bytes()))
                        .as("byte %d", at)
                        .hasSize(12);
            }
        });
    }

    @ParameterizedTest
    @EnumSource(CompressionType.class)
    void shouldRefuseEveryCut(CompressionType type) {
        ByteBuffer good = RecordsFixture.batch(type, 12);
        for (int size = 0; size < good.limit(); size++) {
            ByteBuffer cut = RecordsFixture.copy(good.duplicate().limit(size));
            if (size >= BatchLayout.HEADER_BYTES) {
                cut.putInt(BatchLayout.LENGTH, size - BatchLayout.LENGTH_OVERHEAD);
                RecordsFixture.reseal(cut);
            }
            assertThat(validator.validate(cut, RecordsFixture.context()))
                    .as("cut at %d", size)
                    .isInstanceOf(Rejected.class);
        }
    }

    private static void attributes(ByteBuffer batch, int attributes) {
        batch.putShort(BatchLayout.ATTRIBUTES, (short) attributes);
    }

    private static void count(ByteBuffer batch, int count, int lastDelta) {
        batch.putInt(BatchLayout.COUNT, count).putInt(BatchLayout.LAST_OFFSET_DELTA, lastDelta);
    }

    private static void producer(ByteBuffer batch, long id, int epoch, int sequence) {
        batch.putLong(BatchLayout.PRODUCER_ID, id)
                .putShort(BatchLayout.PRODUCER_EPOCH, (short) epoch)
                .putInt(BatchLayout.BASE_SEQUENCE, sequence);
    }

    private static ByteBuffer grow(ByteBuffer batch, int by) {
        return ByteBuffer.allocate(batch.limit() + by).put(0, batch, 0, batch.limit());
    }

    private static byte[] varints(int... values) {
        ByteBuffer out = ByteBuffer.allocate(values.length * 5);
        for (int value : values) {
            ByteUtils.writeVarint(value, out);
        }
        return RecordsFixture.array(out.flip());
    }

    /** A record's size and then its fields: attributes, time stamp delta, offset delta, key size and so on, all varints. */
    private static byte[] body(int... fields) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (int i = 1; i < fields.length; i++) {
            if (fields[i] == 'k' || fields[i] == 'v') {
                out.write(fields[i]);
            } else {
                out.writeBytes(varints(fields[i]));
            }
        }
        return concat(varints(out.size()), out.toByteArray());
    }

    private static byte[] record(int timestampDelta, int offsetDelta, String key, String value, int headers) {
        byte[] k = RecordsFixture.bytes(key);
        byte[] v = RecordsFixture.bytes(value);
        byte[] fields = concat(
                new byte[] {0},
                varints(timestampDelta, offsetDelta, k.length),
                k,
                varints(v.length),
                v,
                varints(headers));
        return concat(varints(fields.length), fields);
    }

    private static byte[] resized(byte[] record, int by) {
        record[0] += (byte) (2 * by);
        return record;
    }

    private static byte[] concat(byte[]... parts) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            out.writeBytes(part);
        }
        return out.toByteArray();
    }

    /** A batch that declares one record and holds {@code records}, compressed as {@code type}. */
    private static ByteBuffer envelope(CompressionType type, byte[] records) {
        ByteBufferOutputStream out = new ByteBufferOutputStream(1024);
        ByteBuffer header = MemoryRecords.withRecords(
                        RecordsFixture.compression(type), new SimpleRecord(RecordsFixture.NOW, new byte[1]))
                .buffer();
        out.write(header.duplicate().limit(BatchLayout.HEADER_BYTES));
        try (var compressed = RecordsFixture.compression(type).wrapForOutput(out, (byte) 2)) {
            compressed.write(records);
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
        ByteBuffer batch = out.buffer().flip();
        batch.putInt(BatchLayout.LENGTH, batch.limit() - BatchLayout.LENGTH_OVERHEAD);
        return RecordsFixture.reseal(batch);
    }
}
