package dev.weir.storage;

import dev.weir.config.BrokerConfig;
import dev.weir.config.LogConfig;
import dev.weir.config.TopicSettings;
import dev.weir.storage.batch.AppendContext;
import dev.weir.storage.batch.AppendOrigin;
import dev.weir.storage.batch.AppendVerdict;
import dev.weir.storage.batch.RecordValidator;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.common.record.internal.CompressionType;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.MemoryRecordsBuilder;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** Time to validate and stamp one produced batch of 64 KiB of values, checksum included. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class RecordValidatorBenchmark {
    private static final int BATCH_BYTES = 64 << 10;
    private static final int WORDS = 40;

    @Param({"100", "1024"})
    public int recordBytes;

    @Param({"none", "lz4"})
    public String codec;

    private final RecordValidator validator = new RecordValidator();
    private final LogConfig config = TopicSettings.toLogConfig(BrokerConfig.defaults(), Map.of());
    private ByteBuffer batch;
    private long nowMs;

    @Setup
    public void buildBatch() {
        nowMs = System.currentTimeMillis();
        Random random = new Random(1);
        MemoryRecordsBuilder builder = MemoryRecords.builder(
                ByteBuffer.allocate(2 * BATCH_BYTES),
                Compression.of(CompressionType.forName(codec)).build(),
                TimestampType.CREATE_TIME,
                0L);
        byte[] value = new byte[recordBytes];
        for (int bytes = 0; bytes < BATCH_BYTES; bytes += recordBytes) {
            for (int i = 0; i < recordBytes; i++) {
                value[i] = (byte) ('a' + random.nextInt(WORDS) % (1 + i % 20));
            }
            builder.append(nowMs, null, value);
        }
        ByteBuffer built = builder.build().buffer();
        batch = ByteBuffer.allocateDirect(built.remaining()).put(built).flip();
    }

    @Benchmark
    public AppendVerdict validate() {
        // Stamped with the offset 0 that it came with, it can be validated again.
        AppendVerdict verdict =
                validator.validate(batch, new AppendContext(config, AppendOrigin.CLIENT, 0, 1, nowMs, true, true));
        if (!(verdict instanceof AppendVerdict.Accepted)) {
            throw new IllegalStateException("refused: " + verdict);
        }
        return verdict;
    }
}
