package dev.weir.storage;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.storage.file.InMemoryLogFiles;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.MutableRecordBatch;

/** Reads a closed log's files with nothing of the log's own code: each index entry must tell the truth. */
final class LogFormatCheck {
    private record At(int position, long maxTimestampSoFar, long ownTimestamp) {
        static final At NOWHERE = new At(-1, -1, -1);
    }

    private final InMemoryLogFiles files;
    private final Path directory;

    LogFormatCheck(InMemoryLogFiles files, Path directory) {
        this.files = files;
        this.directory = directory;
    }

    void check() throws IOException {
        for (String name : files.list(directory)) {
            if (name.matches("\\d{20}\\.log")) {
                check(Long.parseLong(name.substring(0, 20)), name.substring(0, 20));
            }
        }
    }

    private void check(long base, String stem) throws IOException {
        Map<Long, At> byLastOffset = new TreeMap<>();
        int position = 0;
        long largest = -1;
        for (MutableRecordBatch batch : MemoryRecords.readableRecords(
                        ByteBuffer.wrap(files.content(directory.resolve(stem + ".log"))))
                .batches()) {
            batch.ensureValid();
            largest = Math.max(largest, batch.maxTimestamp());
            byLastOffset.put(batch.lastOffset(), new At(position, largest, batch.maxTimestamp()));
            position += batch.sizeInBytes();
        }
        assertThat(files.content(directory.resolve(stem + ".log"))).hasSize(position);
        checkOffsets(base, stem, byLastOffset);
        checkTimes(base, stem, byLastOffset, largest);
    }

    private void checkOffsets(long base, String stem, Map<Long, At> batches) throws IOException {
        ByteBuffer index = ByteBuffer.wrap(files.content(directory.resolve(stem + ".index")));
        assertThat(index.remaining() % 8).isZero();
        long previous = -1;
        while (index.hasRemaining()) {
            long offset = base + index.getInt();
            int position = index.getInt();
            At batch = batches.getOrDefault(offset, At.NOWHERE);
            assertThat(position).as("position of %s in %s", offset, stem).isEqualTo(batch.position());
            assertThat(offset).isGreaterThan(previous);
            previous = offset;
        }
    }

    private void checkTimes(long base, String stem, Map<Long, At> batches, long largest) throws IOException {
        ByteBuffer index = ByteBuffer.wrap(files.content(directory.resolve(stem + ".timeindex")));
        assertThat(index.remaining() % 12).isZero();
        long previous = -1;
        while (index.hasRemaining()) {
            long timestamp = index.getLong();
            At batch = batches.getOrDefault(base + index.getInt(), At.NOWHERE);
            assertThat(timestamp).isEqualTo(batch.ownTimestamp()).isEqualTo(batch.maxTimestampSoFar());
            assertThat(timestamp).isGreaterThan(previous);
            previous = timestamp;
        }
        assertThat(previous).as("last time index entry of %s", stem).isEqualTo(largest);
    }
}
