package dev.weir.storage;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.storage.producer.BatchSpan;
import dev.weir.storage.producer.ProducerEntry;
import dev.weir.storage.producer.ProducerSnapshot;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.kafka.storage.internals.log.ProducerStateEntry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProducerSnapshotTest {
    private static final ProducerEntry BUSY = ProducerEntry.unknown(7)
            .withBatch((short) 2, new BatchSpan(4, 10, 4, 500), false)
            .withBatch((short) 2, new BatchSpan(9, 19, 4, 600), true);
    private static final ProducerEntry MARKED = ProducerEntry.unknown(1L << 40).withMarker(Short.MAX_VALUE, 12, 700);

    private final Path dir;

    ProducerSnapshotTest(@TempDir Path dir) {
        this.dir = dir;
    }

    @Test
    void shouldBeReadByKafka() throws Exception {
        // Given
        Path file = dir.resolve("00000000000000000020.snapshot");

        // When
        Files.write(file, ProducerSnapshot.encode(List.of(BUSY, MARKED)));

        // Then
        List<ProducerStateEntry> read =
                org.apache.kafka.storage.internals.log.ProducerStateManager.readSnapshot(file.toFile());
        assertThat(read).hasSize(2);
        assertThat(read.get(0).producerId()).isEqualTo(7);
        assertThat(read.get(0).producerEpoch()).isEqualTo((short) 2);
        assertThat(read.get(0).lastDataOffset()).isEqualTo(19);
        assertThat(read.get(0).currentTxnFirstOffset()).hasValue(15);
        assertThat(read.get(0).lastTimestamp()).isEqualTo(600);
        assertThat(read.get(1).coordinatorEpoch()).isEqualTo(12);
        assertThat(read.get(1).batchMetadata()).isEmpty();
    }

    @Test
    void shouldKeepOnlyTheLastBatch() {
        List<ProducerEntry> read = ProducerSnapshot.decode(ProducerSnapshot.encode(List.of(BUSY, MARKED)))
                .orElseThrow();

        assertThat(read.get(0).batches()).containsExactly(new BatchSpan(9, 19, 4, 600));
        assertThat(read.get(0).currentTxnFirstOffset()).isEqualTo(15);
        assertThat(read.get(1)).isEqualTo(MARKED);
    }

    @Test
    void shouldRefuseEveryFlippedBitAndEveryCut() {
        byte[] good = ProducerSnapshot.encode(List.of(BUSY, MARKED));
        List<byte[]> damaged = new ArrayList<>();
        IntStream.range(0, good.length * 8).forEach(bit -> {
            byte[] bytes = good.clone();
            bytes[bit / 8] ^= (byte) (1 << (bit % 8));
            damaged.add(bytes);
        });
        IntStream.range(0, good.length).forEach(size -> damaged.add(Arrays.copyOf(good, size)));
        damaged.add(Arrays.copyOf(good, good.length + 1));

        assertThat(damaged)
                .allSatisfy(bytes -> assertThat(ProducerSnapshot.decode(bytes)).isEmpty());
    }
}
