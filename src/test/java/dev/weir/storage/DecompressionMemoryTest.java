package dev.weir.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import dev.weir.config.TestLogConfig;
import dev.weir.storage.batch.AppendContext;
import dev.weir.storage.batch.AppendVerdict;
import dev.weir.storage.batch.RecordValidator;
import dev.weir.storage.batch.RecordsFixture;
import dev.weir.storage.file.InMemoryLogFiles;
import dev.weir.storage.file.OpenFileCache;
import dev.weir.storage.producer.ProducerStateHook;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import org.apache.kafka.common.InvalidRecordException;
import org.apache.kafka.common.record.internal.CompressionType;
import org.apache.kafka.common.record.internal.SimpleRecord;
import org.apache.kafka.common.utils.internals.BufferSupplier;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A small batch may claim to hold very much: whoever looks into it must not take the memory for that. */
class DecompressionMemoryTest {
    private static final int RECORD_BYTES = 8 << 20;
    private static final int RECORDS = 6;
    /** Far less than one record, far more than the codecs' buffers. */
    private static final long SMALL = 6 << 20;

    private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    @ParameterizedTest
    @EnumSource(
            value = CompressionType.class,
            names = {"GZIP", "LZ4", "ZSTD"})
    void shouldValidateABatchWithoutHoldingWhatItDecompressesTo(CompressionType type) throws Exception {
        // Given
        ByteBuffer bytes = swollen(type);
        RecordValidator validator = new RecordValidator();
        AppendContext context = RecordsFixture.context(c -> c.maxMessageBytes = 8 << 20);

        // When
        AppendVerdict[] verdict = new AppendVerdict[1];
        long allocated = allocated(() -> verdict[0] = validator.validate(bytes, context));

        // Then
        assertThat(verdict[0]).isInstanceOf(AppendVerdict.Accepted.class);
        assertThat(allocated).isLessThan(SMALL);
    }

    @ParameterizedTest
    @EnumSource(
            value = CompressionType.class,
            names = {"GZIP", "LZ4", "ZSTD"})
    void shouldSearchABatchByTimeWithoutHoldingWhatItDecompressesTo(CompressionType type) throws Exception {
        // Given
        PartitionLog log = PartitionLog.open(
                new OpenFileCache(new InMemoryLogFiles(), 10),
                CompactedLog.DIRECTORY,
                TestLogs.PARTITION,
                TestLogConfig.of(c -> {}),
                OpenOptions.fresh(RecordsFixture.NOW),
                ProducerStateHook.NONE);
        log.stage(swollen(type), 0, RecordsFixture.NOW);
        log.write();
        log.offsetForTimestamp(0);

        // When
        long[] found = new long[1];
        long allocated = allocated(() -> found[0] = log.offsetForTimestamp(RecordsFixture.NOW + RECORDS - 1)
                .orElseThrow()
                .offset());

        // Then
        assertThat(found[0]).isEqualTo(RECORDS - 1);
        assertThat(allocated).isLessThan(SMALL);
    }

    @ParameterizedTest
    @EnumSource(value = CompressionType.class, names = "NONE", mode = EnumSource.Mode.EXCLUDE)
    void shouldNotCompactABatchThatExceedsTheBound(CompressionType type) {
        // Given
        ByteBuffer many =
                RecordsFixture.batch(type, Collections.nCopies(20, new SimpleRecord(1, new byte[1], new byte[1000])));
        ByteBuffer large = RecordsFixture.batch(type, List.of(new SimpleRecord(1, new byte[1], new byte[20_000])));

        // Then
        for (ByteBuffer bytes : List.of(many, large)) {
            DirtyKeys keys =
                    new DirtyKeys(KeyOffsetMap.ofBytes(1000, 10, 0.9), List.of(), 0, BufferSupplier.create(), 10_000);
            assertThatThrownBy(() -> keys.add(ProducerReplay.batchOf(bytes)))
                    .isInstanceOf(InvalidRecordException.class);
        }
    }

    private long allocated(Callable<?> what) throws Exception {
        long thread = Thread.currentThread().getId();
        long before = threads.getThreadAllocatedBytes(thread);
        what.call();
        return threads.getThreadAllocatedBytes(thread) - before;
    }

    private static ByteBuffer swollen(CompressionType type) {
        SimpleRecord[] records = new SimpleRecord[RECORDS];
        for (int i = 0; i < RECORDS; i++) {
            records[i] = new SimpleRecord(RecordsFixture.NOW + i, new byte[1], new byte[RECORD_BYTES]);
        }
        ByteBuffer bytes = RecordsFixture.batch(type, List.of(records));
        assertThat(bytes.remaining()).isLessThan(1 << 20);
        return bytes;
    }
}
