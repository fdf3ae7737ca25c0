package dev.weir.storage.batch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.storage.batch.AppendVerdict.Accepted;
import dev.weir.storage.batch.AppendVerdict.Rejected;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.message.ProduceResponseData.BatchIndexAndErrorMessage;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.common.record.internal.CompressionType;
import org.apache.kafka.common.record.internal.ControlRecordType;
import org.apache.kafka.common.record.internal.EndTransactionMarker;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.RecordBatch;
import org.apache.kafka.common.record.internal.SimpleRecord;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class RecordValidatorTest {
    private final RecordValidator validator = new RecordValidator();

    private Accepted accept(ByteBuffer bytes, AppendContext context) {
        return assertThat(validator.validate(bytes, context))
                .isInstanceOf(Accepted.class)
                .asInstanceOf(InstanceOfAssertFactories.type(Accepted.class))
                .actual();
    }

    private Rejected reject(ByteBuffer bytes, AppendContext context) {
        return assertThat(validator.validate(bytes, context))
                .isInstanceOf(Rejected.class)
                .asInstanceOf(InstanceOfAssertFactories.type(Rejected.class))
                .actual();
    }

    @ParameterizedTest
    @EnumSource(CompressionType.class)
    void shouldStampInPlaceAndLeaveTheRecordsAlone(CompressionType type) {
        // Given
        List<SimpleRecord> records = RecordsFixture.records(200);
        ByteBuffer bytes = RecordsFixture.batch(type, records);
        byte[] before = RecordsFixture.array(bytes);

        // When
        Accepted accepted = accept(bytes, RecordsFixture.context());

        // Then
        byte[] after = RecordsFixture.array(bytes);
        assertThat(accepted.bytes().array()).isSameAs(bytes.array());
        assertThat(accepted.transcoded()).isFalse();
        assertThat(after).hasSameSizeAs(before);
        for (int i = BatchLayout.MAGIC; i < after.length; i++) {
            assertThat(after[i]).as("byte %d", i).isEqualTo(before[i]);
        }
        assertThat(RecordsFixture.readBack(accepted.bytes())).isEqualTo(expected(records, 100, null));
        assertThat(MemoryRecords.readableRecords(bytes)
                        .batches()
                        .iterator()
                        .next()
                        .partitionLeaderEpoch())
                .isEqualTo(7);
        assertThat(accepted.lastOffset()).isEqualTo(299);
        assertThat(accepted.recordCount()).isEqualTo(200);
        assertThat(accepted.logAppendTimeMs()).isEqualTo(-1);
    }

    @ParameterizedTest
    @EnumSource(CompressionType.class)
    void shouldStampAppendTimeAndItsChecksum(CompressionType type) {
        // Given
        List<SimpleRecord> records = RecordsFixture.records(50);

        // When
        Accepted accepted = accept(
                RecordsFixture.batch(type, records),
                RecordsFixture.context(r -> r.timestampType = TimestampType.LOG_APPEND_TIME));

        // Then
        assertThat(RecordsFixture.readBack(accepted.bytes())).isEqualTo(expected(records, 100, RecordsFixture.NOW));
        assertThat(accepted.logAppendTimeMs()).isEqualTo(RecordsFixture.NOW);
        assertThat(accepted.maxTimestamp()).isEqualTo(RecordsFixture.NOW);
        assertThat(accepted.offsetOfMaxTimestamp()).isEqualTo(100);
    }

    @ParameterizedTest
    @ValueSource(strings = {"uncompressed", "gzip", "snappy", "lz4", "zstd"})
    void shouldWriteEveryCodecInTheTopicsCodec(String topicType) {
        for (CompressionType type : CompressionType.values()) {
            // Given
            List<SimpleRecord> records = RecordsFixture.records(120);
            ByteBuffer bytes = RecordsFixture.batch(type, records);
            CompressionType target =
                    topicType.equals("uncompressed") ? CompressionType.NONE : CompressionType.forName(topicType);

            // When
            Accepted accepted = accept(bytes, RecordsFixture.context(r -> r.compressionType = topicType));

            // Then
            assertThat(accepted.transcoded()).isEqualTo(type != target);
            assertThat(RecordsFixture.readBack(accepted.bytes())).isEqualTo(expected(records, 100, null));
            assertThat(MemoryRecords.readableRecords(accepted.bytes())
                            .batches()
                            .iterator()
                            .next()
                            .compressionType())
                    .isEqualTo(target);
        }
    }

    @Test
    void shouldTakeDirectBuffersAtAnyPosition() {
        // Given
        List<SimpleRecord> records = RecordsFixture.records(30);
        ByteBuffer heap = RecordsFixture.batch(CompressionType.LZ4, records);
        ByteBuffer direct = ByteBuffer.allocateDirect(heap.remaining() + 40);
        direct.position(17).put(heap).limit(direct.position()).position(17);

        // When
        Accepted accepted = accept(direct, RecordsFixture.context());

        // Then
        assertThat(direct.position()).isEqualTo(17);
        assertThat(RecordsFixture.readBack(accepted.bytes())).isEqualTo(expected(records, 100, null));
    }

    @Test
    void shouldFindTheFirstRecordWithTheLargestTimeStamp() {
        // Given
        List<SimpleRecord> records = new ArrayList<>();
        for (long t : new long[] {5, -1, 9, 9, 3}) {
            records.add(new SimpleRecord(t, RecordsFixture.bytes("v")));
        }
        ByteBuffer bytes = RecordsFixture.batch(CompressionType.NONE, records);
        bytes.putLong(BatchLayout.MAX_TIMESTAMP, 77);
        RecordsFixture.reseal(bytes);

        // When
        Accepted accepted = accept(bytes, RecordsFixture.context());

        // Then
        assertThat(accepted.maxTimestamp()).isEqualTo(9);
        assertThat(accepted.offsetOfMaxTimestamp()).isEqualTo(102);
        var batch = MemoryRecords.readableRecords(bytes).batches().iterator().next();
        batch.ensureValid();
        assertThat(batch.maxTimestamp()).isEqualTo(9);
    }

    @Test
    void shouldReportNoTimeStampWhereNoRecordHasOne() {
        ByteBuffer bytes = RecordsFixture.batch(CompressionType.NONE, List.of(new SimpleRecord(-1, new byte[3])));

        Accepted accepted = accept(bytes, RecordsFixture.context());

        assertThat(accepted.maxTimestamp()).isEqualTo(-1);
        assertThat(accepted.offsetOfMaxTimestamp()).isEqualTo(-1);
    }

    @ParameterizedTest
    @EnumSource(CompressionType.class)
    void shouldNameTheRecordsWithoutKeyOnACompactedTopic(CompressionType type) {
        Rejected rejected = reject(RecordsFixture.batch(type, 9), RecordsFixture.context(r -> r.compact = true));

        assertThat(rejected.error()).isEqualTo(Errors.INVALID_RECORD);
        assertThat(rejected.recordErrors())
                .extracting(BatchIndexAndErrorMessage::batchIndex)
                .containsExactly(3, 7);
    }

    @Test
    void shouldNameAtMostSoManyRecords() {
        List<SimpleRecord> records = new ArrayList<>();
        for (int i = 0; i < 1000; i++) {
            records.add(new SimpleRecord(0, new byte[1]));
        }

        Rejected rejected = reject(
                RecordsFixture.batch(CompressionType.GZIP, records), RecordsFixture.context(r -> r.compact = true));

        assertThat(rejected.recordErrors()).hasSize(RecordValidator.MAX_RECORD_ERRORS);
    }

    @ParameterizedTest
    @ValueSource(longs = {-1001, 501, -2 * RecordsFixture.NOW})
    void shouldRefuseTimeStampsOutOfRange(long distance) {
        // Given
        ByteBuffer bytes = RecordsFixture.batch(CompressionType.NONE, List.of(new SimpleRecord(1, new byte[1])));
        bytes.putLong(BatchLayout.BASE_TIMESTAMP, RecordsFixture.NOW + distance);
        RecordsFixture.reseal(bytes);

        // When
        Rejected rejected = reject(bytes, RecordsFixture.context(r -> {
            r.timestampBeforeMaxMs = 1000;
            r.timestampAfterMaxMs = 500;
        }));

        // Then
        assertThat(rejected.error()).isEqualTo(Errors.INVALID_TIMESTAMP);
        assertThat(rejected.recordErrors()).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(longs = {-1000, 500})
    void shouldTakeTimeStampsAtTheEdge(long distance) {
        ByteBuffer bytes = RecordsFixture.batch(
                CompressionType.NONE, List.of(new SimpleRecord(RecordsFixture.NOW + distance, new byte[1])));

        accept(bytes, RecordsFixture.context(r -> {
            r.timestampBeforeMaxMs = 1000;
            r.timestampAfterMaxMs = 500;
        }));
    }

    @Test
    void shouldCarryTheProducersSequence() {
        ByteBuffer bytes = RecordsFixture.copy(MemoryRecords.withTransactionalRecords(
                        RecordsFixture.compression(CompressionType.ZSTD),
                        42,
                        (short) 3,
                        Integer.MAX_VALUE - 1,
                        RecordsFixture.records(4).toArray(SimpleRecord[]::new))
                .buffer());

        Accepted accepted = accept(bytes, RecordsFixture.context());

        assertThat(accepted.producerId()).isEqualTo(42);
        assertThat(accepted.producerEpoch()).isEqualTo((short) 3);
        assertThat(accepted.baseSequence()).isEqualTo(Integer.MAX_VALUE - 1);
        assertThat(accepted.lastSequence()).isEqualTo(1);
        assertThat(accepted.transactional()).isTrue();
    }

    @Test
    void shouldTakeControlBatchesFromCoordinatorsOnly() {
        // Given
        ByteBuffer marker = RecordsFixture.copy(MemoryRecords.withEndTransactionMarker(
                        9, (short) 1, new EndTransactionMarker(ControlRecordType.COMMIT, 5))
                .buffer());
        AppendContext client = RecordsFixture.context(r -> r.compressionType = "gzip");
        AppendContext coordinator =
                new AppendContext(client.config(), AppendOrigin.COORDINATOR, 100, 7, Long.MAX_VALUE - 1, true, true);

        // When
        Rejected rejected = reject(marker, client);
        Accepted accepted = accept(marker, coordinator);

        // Then
        assertThat(rejected.error()).isEqualTo(Errors.INVALID_RECORD);
        assertThat(accepted.control()).isTrue();
        assertThat(accepted.transcoded()).isFalse();
        assertThat(RecordsFixture.readBack(accepted.bytes())).hasSize(1);
    }

    /** A key of another type, a key or value cut short, a record too many: readers would stumble over it. */
    @ParameterizedTest
    @CsvSource({"00000002, 000000000005", "0000, 000000000005", "00000001, 0000", "ffff0001, 000000000005", "00000001,"
    })
    void shouldRefuseAControlBatchThatEndsNoTransaction(String key, @Nullable String value) {
        // Given
        byte @Nullable [] content = value == null ? null : HexFormat.of().parseHex(value);
        AppendContext coordinator = new AppendContext(
                RecordsFixture.context(r -> {}).config(),
                AppendOrigin.COORDINATOR,
                100,
                7,
                Long.MAX_VALUE - 1,
                true,
                true);
        ByteBuffer batch = control(HexFormat.of().parseHex(key), content);

        // When
        Rejected rejected = reject(batch, coordinator);

        // Then
        assertThat(rejected.error()).isEqualTo(Errors.INVALID_RECORD);
    }

    private static ByteBuffer control(byte[] key, byte @Nullable [] value) {
        ByteBuffer batch = MemoryRecords.withRecords(
                        RecordBatch.MAGIC_VALUE_V2,
                        0,
                        Compression.NONE,
                        TimestampType.CREATE_TIME,
                        9,
                        (short) 1,
                        0,
                        -1,
                        true,
                        new SimpleRecord(1000, key, value))
                .buffer();
        batch.putShort(
                BatchLayout.ATTRIBUTES, (short) (batch.getShort(BatchLayout.ATTRIBUTES) | BatchLayout.CONTROL_FLAG));
        BatchLayout.sealChecksum(batch, 0, batch.limit());
        return batch;
    }

    @Test
    void shouldRefuseABatchThatGrowsTooLargeInTheTopicsCodec() {
        ByteBuffer bytes = RecordsFixture.batch(CompressionType.ZSTD, List.of(new SimpleRecord(0, new byte[500_000])));

        Rejected rejected = reject(bytes, RecordsFixture.context(r -> {
            r.compressionType = "uncompressed";
            r.maxMessageBytes = 100_000;
        }));

        assertThat(rejected.error()).isEqualTo(Errors.MESSAGE_TOO_LARGE);
    }

    @ParameterizedTest
    @EnumSource(value = CompressionType.class, names = "NONE", mode = EnumSource.Mode.EXCLUDE)
    void shouldRefuseARecordThatDecompressesToTooMuch(CompressionType type) {
        // Given
        ByteBuffer bytes = RecordsFixture.batch(type, List.of(new SimpleRecord(0, new byte[4 << 20])));
        assertThat(bytes.remaining()).isLessThan(400_000);

        // When
        AppendVerdict verdict = new RecordValidator(2 << 20).validate(bytes, RecordsFixture.context());

        // Then
        assertThat(verdict).isInstanceOfSatisfying(Rejected.class, r -> {
            assertThat(r.message()).contains("declares");
            assertThat(r.error()).isEqualTo(Errors.INVALID_RECORD);
        });
    }

    /** A producer that is told of a too large message sends the records in smaller batches. */
    @ParameterizedTest
    @EnumSource(value = CompressionType.class, names = "NONE", mode = EnumSource.Mode.EXCLUDE)
    void shouldRefuseABatchThatDecompressesToTooMuchAsTooLarge(CompressionType type) {
        // Given
        List<SimpleRecord> records = Collections.nCopies(8, new SimpleRecord(RecordsFixture.NOW, new byte[512 << 10]));
        ByteBuffer bytes = RecordsFixture.batch(type, records);
        assertThat(bytes.remaining()).isLessThan(400_000);

        // When
        AppendVerdict verdict = new RecordValidator(2 << 20).validate(bytes, RecordsFixture.context());

        // Then
        assertThat(verdict).isInstanceOfSatisfying(Rejected.class, r -> {
            assertThat(r.message()).contains("decompress to more than 2097152 bytes");
            assertThat(r.error()).isEqualTo(Errors.MESSAGE_TOO_LARGE);
        });
    }

    @ParameterizedTest
    @EnumSource(value = CompressionType.class, names = "NONE", mode = EnumSource.Mode.EXCLUDE)
    void shouldTakeWhatMaxMessageBytesAllows(CompressionType type) {
        // Given
        ByteBuffer bytes = RecordsFixture.batch(type, List.of(new SimpleRecord(RecordsFixture.NOW, new byte[4 << 20])));

        // When
        AppendVerdict verdict =
                new RecordValidator(1 << 20).validate(bytes, RecordsFixture.context(c -> c.maxMessageBytes = 5 << 20));

        // Then
        assertThat(verdict).isInstanceOf(Accepted.class);
    }

    private static List<RecordsFixture.Seen> expected(
            List<SimpleRecord> records, long base, @Nullable Long appendTime) {
        List<RecordsFixture.Seen> seen = RecordsFixture.readBack(RecordsFixture.batch(CompressionType.NONE, records));
        List<RecordsFixture.Seen> moved = new ArrayList<>();
        for (var s : seen) {
            moved.add(new RecordsFixture.Seen(
                    base + s.offset(),
                    appendTime == null ? s.timestamp() : appendTime,
                    s.key(),
                    s.value(),
                    s.headers()));
        }
        return moved;
    }
}
