package dev.weir.storage.batch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.storage.TestLogs;
import dev.weir.storage.batch.ReplicatedBatches.Expected;
import dev.weir.storage.batch.ReplicatedBatches.Verdict;
import dev.weir.storage.batch.ReplicatedBatches.Verdict.Accepted;
import dev.weir.storage.batch.ReplicatedBatches.Verdict.Refused;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.common.record.internal.ControlRecordType;
import org.apache.kafka.common.record.internal.DefaultRecordBatch;
import org.apache.kafka.common.record.internal.EndTransactionMarker;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a follower takes from its leader. */
class ReplicatedBatchesTest {
    private static final Expected FROM_TEN = new Expected(10, 3, 5, false);

    @Test
    void shouldTakeSeveralBatchesWithGapsAndRisingEpochs() {
        ByteBuffer bytes = joined(batch(10, 3), batch(15, 3), batch(40, 5));

        Verdict verdict = ReplicatedBatches.check(bytes, FROM_TEN);

        assertThat(verdict).isEqualTo(new Accepted(bytes, 10));
        assertThat(bytes.position()).isZero();
    }

    @Test
    void shouldTakeNothingWhereNothingIsSent() {
        assertThat(ReplicatedBatches.check(ByteBuffer.allocate(0), FROM_TEN))
                .isEqualTo(new Accepted(ByteBuffer.allocate(0), -1));
    }

    @Test
    void shouldTakeBatchesInTheMiddleOfABuffer() {
        ByteBuffer bytes = joined(batch(0, 3), batch(10, 3));
        bytes.position(batch(0, 3).remaining());

        Accepted accepted = (Accepted) ReplicatedBatches.check(bytes, FROM_TEN);

        assertThat(accepted.batches().position()).isEqualTo(bytes.position());
        assertThat(accepted.firstOffset()).isEqualTo(10);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 11, 12, 60, 70})
    void shouldLeaveOutABatchThatIsCutOff(int bytesOfTheLast) {
        ByteBuffer whole = batch(10, 3);
        ByteBuffer bytes = joined(whole, batch(11, 3).limit(bytesOfTheLast));

        Accepted accepted = (Accepted) ReplicatedBatches.check(bytes, FROM_TEN);

        assertThat(accepted.batches().limit()).isEqualTo(whole.remaining());
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 12, 61, 70})
    void shouldRefuseWhatHoldsNoWholeBatch(int bytes) {
        Verdict verdict = ReplicatedBatches.check(batch(10, 3).limit(bytes), FROM_TEN);

        assertThat(verdict).isInstanceOf(Refused.class).extracting("error").isEqualTo(Errors.CORRUPT_MESSAGE);
    }

    @ParameterizedTest
    @ValueSource(ints = {BatchLayout.MAGIC, BatchLayout.CRC, BatchLayout.ATTRIBUTES, BatchLayout.HEADER_BYTES + 2})
    void shouldRefuseAllOfItWhereOneByteIsWrong(int at) {
        ByteBuffer second = batch(11, 3);
        second.put(at, (byte) (second.get(at) ^ 8));

        Verdict verdict = ReplicatedBatches.check(joined(batch(10, 3), second), FROM_TEN);

        assertThat(verdict).isInstanceOf(Refused.class).extracting("error").isEqualTo(Errors.CORRUPT_MESSAGE);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, -1, Integer.MIN_VALUE, 48})
    void shouldRefuseALengthThatCannotBe(int length) {
        ByteBuffer second = batch(11, 3).putInt(BatchLayout.LENGTH, length);

        Verdict verdict = ReplicatedBatches.check(joined(batch(10, 3), second), FROM_TEN);

        assertThat(verdict).isInstanceOf(Refused.class).extracting("error").isEqualTo(Errors.CORRUPT_MESSAGE);
    }

    @ParameterizedTest
    @CsvSource({
        "9, 3, 20, 3",
        "10, 3, 10, 3",
        "10, 2, 11, 3",
        "10, 4, 11, 3",
        "10, 6, 11, 6",
        "10, 3, 11, 6",
        "10, -1, 11, 3"
    })
    void shouldRefuseOffsetsAndEpochsThatDoNotFollow(long base, int epoch, long secondBase, int secondEpoch) {
        Verdict verdict = ReplicatedBatches.check(joined(batch(base, epoch), batch(secondBase, secondEpoch)), FROM_TEN);

        assertThat(verdict).isInstanceOf(Refused.class).extracting("error").isEqualTo(Errors.INVALID_RECORD);
    }

    @ParameterizedTest
    @CsvSource({"0, 10, false", "0, 11, true", "5, 6, true", "9, 1, false", "10, 1, true", "-3, 20, false"})
    void shouldLetOnlyABatchThatReachesTheEndOfAnEmptyLogBeginBelowIt(long base, int records, boolean taken) {
        ByteBuffer bytes = TestLogs.batch(0, records, 5, 1, 3);
        bytes.putLong(BatchLayout.BASE_OFFSET, base);

        Verdict verdict = ReplicatedBatches.check(bytes, new Expected(10, -1, 5, true));

        assertThat(verdict instanceof Accepted).isEqualTo(taken);
        assertThat(ReplicatedBatches.check(bytes, FROM_TEN) instanceof Accepted).isEqualTo(base >= 10);
    }

    @Test
    void shouldTakeControlBatchesAndBatchesThatCompactionEmptied() {
        ByteBuffer marker = MemoryRecords.withEndTransactionMarker(
                        10, 1, 3, 7, (short) 0, new EndTransactionMarker(ControlRecordType.ABORT, 0))
                .buffer();
        ByteBuffer emptied = ByteBuffer.allocate(BatchLayout.HEADER_BYTES);
        DefaultRecordBatch.writeEmptyHeader(
                emptied, (byte) 2, 7, (short) 0, 4, 20, 24, 3, TimestampType.CREATE_TIME, 1, true, false);

        assertThat(ReplicatedBatches.check(joined(marker, emptied.flip()), FROM_TEN))
                .isInstanceOf(Accepted.class);
    }

    private static ByteBuffer batch(long base, int epoch) {
        return TestLogs.batch(base, 1, 20, 1, epoch);
    }

    private static ByteBuffer joined(ByteBuffer... parts) {
        ByteBuffer all = ByteBuffer.allocate(
                Arrays.stream(parts).mapToInt(ByteBuffer::remaining).sum());
        Arrays.stream(parts).forEach(part -> all.put(part.duplicate()));
        return all.flip();
    }
}
