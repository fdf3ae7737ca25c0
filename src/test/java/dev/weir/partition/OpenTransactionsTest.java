package dev.weir.partition;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.partition.client.AppendRequest;
import dev.weir.partition.client.AppendRequest.Entry;
import dev.weir.partition.client.AppendRequest.Origin;
import dev.weir.partition.client.AppendResult;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Random;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.common.record.internal.ControlRecordType;
import org.apache.kafka.common.record.internal.EndTransactionMarker;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.RecordBatch;
import org.apache.kafka.common.record.internal.SimpleRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The last stable offset beside the log's start, and the markers that end transactions. */
class OpenTransactionsTest {
    private static final long PRODUCER = 7;

    private ShardFixture shard = ShardFixture.alone();

    @Test
    void shouldHoldTheLastStableOffsetAtAStartThatHasPassedAnOpenTransaction() {
        append(data(0, 0, "open"), Origin.COORDINATOR);
        shard.append(1, shard.batch("plain"));
        shard.append(1, shard.batch("plain too"));

        deleteBelow(2);

        assertThat(shard.partition().log.logStartOffset()).isEqualTo(2);
        assertThat(shard.partition().lastStableOffset()).isEqualTo(2);
        assertThat(shard.partition().highWatermark()).isEqualTo(3);
    }

    @Test
    void shouldWaitForTheMarkerStillWhenTheProducerExpiresOrTheBrokerStartsAgain() throws Exception {
        append(data(0, 0, "open"), Origin.COORDINATOR);
        shard.append(1, shard.batch("plain"));
        deleteBelow(1);
        shard.nowMs += 7 * 24 * 3_600_000L;
        shard.housekeeping.tick(shard.nowMs, shard.syncs::sync);
        shard.drive();
        assertThat(shard.partition().lastStableOffset()).isEqualTo(1);

        shard = shard.afterStop();

        assertThat(shard.partition().log.logStartOffset()).isEqualTo(1);
        assertThat(shard.partition().lastStableOffset()).isEqualTo(1);
        append(marker(0, 1, ControlRecordType.ABORT), Origin.COORDINATOR);
        assertThat(shard.partition().lastStableOffset()).isEqualTo(3);
    }

    /** Its marker is known from the log, and replicated since before. */
    @Test
    void shouldNotWaitForATransactionThatHadEndedBeforeTheBrokerFailed() {
        append(data(0, 0, "a"), Origin.COORDINATOR);
        append(marker(0, 1, ControlRecordType.COMMIT), Origin.COORDINATOR);
        shard.housekeeping.tick(shard.nowMs, shard.syncs::sync);
        shard.syncs.sync(shard.partition(), shard.nowMs);
        shard.drive();
        shard.checkpoint();

        shard = shard.afterPowerFailure(new Random(1));

        assertThat(shard.partition().highWatermark()).isEqualTo(2);
        assertThat(shard.partition().lastStableOffset()).isEqualTo(2);
    }

    @ParameterizedTest
    @EnumSource(names = {"COORDINATOR", "COORDINATOR_V2"})
    void shouldRefuseTheMarkerOfAnOlderCoordinator(Origin origin) {
        append(data(0, 0, "a"), Origin.COORDINATOR);
        append(marker(1, 5, ControlRecordType.COMMIT), origin);

        AppendResult stale = append(marker(2, 4, ControlRecordType.COMMIT), origin);

        assertThat(stale.error()).isEqualTo(Errors.TRANSACTION_COORDINATOR_FENCED);
        assertThat(shard.partition().log.logEndOffset()).isEqualTo(2);
    }

    @Test
    void shouldRefuseTheMarkerOfAnOlderProducer() {
        append(data(3, 0, "a"), Origin.COORDINATOR);

        AppendResult stale = append(marker(2, 5, ControlRecordType.ABORT), Origin.COORDINATOR);

        assertThat(stale.error()).isEqualTo(Errors.INVALID_PRODUCER_EPOCH);
        assertThat(shard.partition().lastStableOffset()).isZero();
    }

    /** Version 2 raises the epoch with each marker (KIP-890): one of the same epoch may be late. */
    @Test
    void shouldTakeAMarkerOfTheSameEpochOfOlderTransactionsOnly() {
        append(data(3, 0, "a"), Origin.COORDINATOR);

        AppendResult late = append(marker(3, 5, ControlRecordType.ABORT), Origin.COORDINATOR_V2);
        AppendResult older = append(marker(3, 5, ControlRecordType.ABORT), Origin.COORDINATOR);

        assertThat(late.error()).isEqualTo(Errors.INVALID_PRODUCER_EPOCH);
        assertThat(older.error()).isEqualTo(Errors.NONE);
    }

    @Test
    void shouldRememberTheCoordinatorAcrossAStart() throws Exception {
        append(data(0, 0, "a"), Origin.COORDINATOR);
        append(marker(0, 5, ControlRecordType.COMMIT), Origin.COORDINATOR);

        shard = shard.afterStop();

        assertThat(append(marker(0, 4, ControlRecordType.COMMIT), Origin.COORDINATOR)
                        .error())
                .isEqualTo(Errors.TRANSACTION_COORDINATOR_FENCED);
    }

    private void deleteBelow(long offset) {
        assertThat(shard.delete(offset, 0).only().error()).isEqualTo(Errors.NONE);
    }

    private AppendResult append(ByteBuffer batch, Origin origin) {
        Answer<AppendResult> answer = new Answer<>();
        shard.appends.append(
                new AppendRequest(
                        List.of(new Entry(ShardFixture.KEY, -1, batch)),
                        (short) 1,
                        30_000,
                        ShardFixture.NEWEST,
                        origin),
                shard.nowMs,
                answer::take);
        shard.appends.writeStaged(shard.nowMs);
        return answer.only();
    }

    private ByteBuffer data(int epoch, int sequence, String value) {
        return MemoryRecords.withRecords(
                        RecordBatch.MAGIC_VALUE_V2,
                        0,
                        Compression.NONE,
                        TimestampType.CREATE_TIME,
                        PRODUCER,
                        (short) epoch,
                        sequence,
                        -1,
                        true,
                        new SimpleRecord(shard.nowMs, value.getBytes(UTF_8)))
                .buffer();
    }

    private ByteBuffer marker(int epoch, int coordinatorEpoch, ControlRecordType type) {
        return MemoryRecords.withEndTransactionMarker(
                        0, shard.nowMs, -1, PRODUCER, (short) epoch, new EndTransactionMarker(type, coordinatorEpoch))
                .buffer();
    }
}
