package dev.weir.storage.batch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.storage.batch.AppendVerdict.Accepted;
import java.nio.ByteBuffer;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.apache.kafka.common.record.internal.CompressionType;
import org.apache.kafka.common.record.internal.MemoryRecords;

/** Whatever bytes arrive, either they are refused or kafka-clients reads every record of them. */
class MutatedBatchPropertyTest {
    private final RecordValidator validator = new RecordValidator(1 << 20);

    @Property(tries = 600, edgeCases = EdgeCasesMode.NONE)
    void shouldRefuseOrLeaveReadableABatchWithChangedBytes(
            @ForAll CompressionType type,
            @ForAll @IntRange(min = 1, max = 40) int count,
            @ForAll @Size(min = 1, max = 4) int[] places,
            @ForAll byte value,
            @ForAll boolean seal) {
        // Given
        ByteBuffer bytes = RecordsFixture.batch(type, count);
        for (int place : places) {
            bytes.put(Math.floorMod(place, bytes.limit()), value);
        }
        if (seal && bytes.limit() > BatchLayout.ATTRIBUTES) {
            RecordsFixture.reseal(bytes);
        }

        // When
        AppendVerdict verdict = validator.validate(bytes, RecordsFixture.context());

        // Then
        if (verdict instanceof Accepted accepted) {
            assertReadable(accepted);
        } else {
            assertThat(((AppendVerdict.Rejected) verdict).message()).isNotBlank();
        }
    }

    @Property(tries = 300, edgeCases = EdgeCasesMode.NONE)
    void shouldRefuseRandomBytesBehindAGoodHeader(
            @ForAll CompressionType type, @ForAll @Size(max = 200) byte[] noise, @ForAll @IntRange(max = 3) int count) {
        // Given
        ByteBuffer bytes = ByteBuffer.allocate(BatchLayout.HEADER_BYTES + noise.length);
        ByteBuffer good = RecordsFixture.batch(type, 1);
        bytes.put(0, good, 0, BatchLayout.HEADER_BYTES).put(BatchLayout.HEADER_BYTES, noise);
        bytes.putInt(BatchLayout.LENGTH, bytes.limit() - BatchLayout.LENGTH_OVERHEAD);
        bytes.putInt(BatchLayout.COUNT, count).putInt(BatchLayout.LAST_OFFSET_DELTA, count - 1);
        RecordsFixture.reseal(bytes);

        // When
        AppendVerdict verdict = validator.validate(bytes, RecordsFixture.context());

        // Then
        if (verdict instanceof Accepted accepted) {
            assertReadable(accepted);
        }
    }

    private static void assertReadable(Accepted accepted) {
        var batch = MemoryRecords.readableRecords(accepted.bytes())
                .batches()
                .iterator()
                .next();
        batch.ensureValid();
        var seen = RecordsFixture.readBack(accepted.bytes());
        assertThat(seen).hasSize(accepted.recordCount());
        assertThat(seen.get(0).offset()).isEqualTo(accepted.baseOffset());
        assertThat(seen.get(seen.size() - 1).offset()).isEqualTo(accepted.lastOffset());
        assertThat(batch.lastOffset()).isEqualTo(accepted.lastOffset());
        assertThat(seen.stream().mapToLong(RecordsFixture.Seen::timestamp).max())
                .hasValue(accepted.maxTimestamp());
        assertThat(batch.maxTimestamp()).isEqualTo(accepted.maxTimestamp());
    }
}
