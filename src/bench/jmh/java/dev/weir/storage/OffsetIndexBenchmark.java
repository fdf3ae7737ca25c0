package dev.weir.storage;

import dev.weir.storage.file.OpenFileCache;
import dev.weir.storage.file.RealLogFiles;
import dev.weir.storage.file.SegmentFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.concurrent.TimeUnit;
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
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** Time to find the index entry for an offset anywhere in a segment; the largest index is that of a full gigabyte. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class OffsetIndexBenchmark {
    private static final int OFFSETS_PER_ENTRY = 4;
    private static final int BYTES_PER_ENTRY = 4096;
    private static final int FILES = 8;

    @Param({"1000", "262144"})
    public int entries;

    private final Random random = new Random(1);
    private Path directory;
    private OffsetIndex index;

    @Setup
    public void writeIndex() throws IOException {
        directory = Files.createTempDirectory("jmh-index");
        OpenFileCache cache = new OpenFileCache(new RealLogFiles(), FILES);
        SegmentFile file = new SegmentFile(cache, directory.resolve("00000000000000000000.index"));
        file.create();
        index = new OffsetIndex(file, 0);
        for (int i = 1; i <= entries; i++) {
            index.append((long) i * OFFSETS_PER_ENTRY, i * BYTES_PER_ENTRY);
        }
        index.entries().flush();
    }

    @Benchmark
    public OffsetIndex.Entry floorOffset() throws IOException {
        return index.floorOffset(random.nextInt(entries * OFFSETS_PER_ENTRY));
    }

    @TearDown
    public void removeIndex() throws IOException {
        try (var files = Files.newDirectoryStream(directory)) {
            for (Path file : files) {
                Files.delete(file);
            }
        }
        Files.delete(directory);
    }
}
