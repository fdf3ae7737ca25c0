package dev.weir.partition;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.metadata.record.PartitionChangeRecord;
import dev.weir.partition.client.AppendRequest;
import dev.weir.partition.client.AppendRequest.Entry;
import dev.weir.partition.client.AppendRequest.Origin;
import dev.weir.partition.client.AppendResult;
import dev.weir.partition.client.FetchAnswer;
import dev.weir.partition.client.FetchQuery;
import java.nio.ByteBuffer;
import java.util.List;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.RecordBatch;
import org.apache.kafka.common.record.internal.SimpleRecord;
import org.junit.jupiter.api.Test;

/** Failures that other systems have had where leadership or the high watermark moves, step by step, on a real log. */
class LeadershipScenarioTest {
    private static final int OTHER = 2;

    private final ShardFixture shard = new ShardFixture(ShardFixture.config(Long.MAX_VALUE, 1), 1, OTHER);

    /** Another leader's high watermark passes the offsets of appends that wait here. */
    @Test
    void shouldFailWhatWaitsBeforeTheProgressOfAnotherLeaderPassesIt() {
        // given
        Answer<AppendResult> waiting = shard.append(-1, shard.batch("a"));

        // when
        lead(OTHER);

        // then
        assertThat(waiting.only().error()).isEqualTo(Errors.NOT_LEADER_OR_FOLLOWER);
        assertThat(waiting.only().mayBeWritten()).isTrue();
        lead(1);
        shard.followerAt(OTHER, 1);
        assertThat(shard.partition().highWatermark()).isEqualTo(1);
    }

    /** It learns of both elections at once, as from a snapshot of the metadata, and has never followed. */
    @Test
    void shouldAnswerForWhatItsLogHoldsStillInAnotherEpochOfItsOwn() {
        // given
        Answer<AppendResult> waiting = shard.append(-1, shard.batch("a"));

        // when
        shard.commit(
                PartitionChangeRecord.of(ShardFixture.TOPIC, 0).withLeader(OTHER),
                PartitionChangeRecord.of(ShardFixture.TOPIC, 0).withLeader(1));
        assertThat(waiting.came()).isFalse();
        shard.followerAt(OTHER, 1);

        // then
        assertThat(waiting.only().error()).isEqualTo(Errors.NONE);
    }

    @Test
    void shouldNotAnswerForAnOffsetThatBelongsToAnotherEpochNow() throws Exception {
        // given
        Answer<AppendResult> waiting = shard.append(-1, shard.batch("a"));
        Partition partition = shard.partition();
        partition.log.truncateTo(0, shard.nowMs);

        // when
        shard.commit(
                PartitionChangeRecord.of(ShardFixture.TOPIC, 0).withLeader(OTHER),
                PartitionChangeRecord.of(ShardFixture.TOPIC, 0).withLeader(1));

        // then
        assertThat(waiting.only().error()).isEqualTo(Errors.NOT_LEADER_OR_FOLLOWER);
    }

    @Test
    void shouldRefuseAnAppendThatNamesAnEarlierEpoch() {
        lead(1);
        Answer<AppendResult> answer = new Answer<>();

        append(new Entry(ShardFixture.KEY, 0, shard.batch("a")), Origin.COORDINATOR, answer);

        assertThat(answer.only().error()).isEqualTo(Errors.FENCED_LEADER_EPOCH);
    }

    /** No unstable offset lies below the high watermark yet; the transaction is replicated while the reader waits. */
    @Test
    void shouldGiveAReaderOfTheCommittedNothingOfATransactionThatTheHighWatermarkPasses() {
        // given
        shard.append(1, shard.batch("plain"));
        shard.followerAt(OTHER, 1);
        append(new Entry(ShardFixture.KEY, -1, transactional("open")), Origin.COORDINATOR, new Answer<>());
        Answer<FetchAnswer> waiting = new Answer<>();
        int more = shard.batch("plain").remaining() + 1;
        shard.fetches.fetch(
                new FetchQuery(List.of(FetchQueries.entry(0, -1, -1)), 1 << 20, true, more, 500, true, -1, -1, 1),
                shard.nowMs,
                waiting::take);

        // when
        shard.follow(OTHER, 2, 0, 2);
        shard.pass(500 + Deadlines.TICK_MS);

        // then
        FetchAnswer answer = waiting.only();
        assertThat(List.of(answer.lastStableOffset(), answer.highWatermark())).containsExactly(1L, 2L);
        assertThat(answer.size()).isEqualTo(shard.batch("plain").remaining());
        answer.release();
    }

    /** Appended at acks=1 while one replica alone is in sync: nobody reads it before a second one holds it. */
    @Test
    void shouldShowConsumersNothingThatFewerThanMinInsyncReplicasHold() {
        // given
        ShardFixture strict = new ShardFixture(ShardFixture.config(Long.MAX_VALUE, 2), 1, OTHER);
        strict.commit(PartitionChangeRecord.of(ShardFixture.TOPIC, 0).withIsr(List.of(1)));

        // when
        AppendResult written = strict.append(1, strict.batch("a")).only();
        AppendResult refused = strict.append(-1, strict.batch("b")).only();

        // then
        assertThat(written.error()).isEqualTo(Errors.NONE);
        assertThat(refused.error()).isEqualTo(Errors.NOT_ENOUGH_REPLICAS);
        assertThat(strict.fetch(0, 0, 0, 1).only().size()).isZero();
        strict.followerAt(OTHER, 1);
        assertThat(strict.fetch(0, 0, 0, 2).only().size()).isZero();
        strict.commit(PartitionChangeRecord.of(ShardFixture.TOPIC, 0).withIsr(List.of(1, OTHER)));
        assertThat(strict.fetch(0, 0, 0, 3).only().size()).isPositive();
    }

    private void lead(int leader) {
        shard.commit(PartitionChangeRecord.of(ShardFixture.TOPIC, 0).withLeader(leader));
    }

    private void append(Entry entry, Origin origin, Answer<AppendResult> answer) {
        shard.appends.append(
                new AppendRequest(List.of(entry), (short) 1, 30_000, ShardFixture.NEWEST, origin),
                shard.nowMs,
                answer::take);
        shard.appends.writeStaged(shard.nowMs);
    }

    private ByteBuffer transactional(String value) {
        return MemoryRecords.withRecords(
                        RecordBatch.MAGIC_VALUE_V2,
                        0,
                        Compression.NONE,
                        TimestampType.CREATE_TIME,
                        7,
                        (short) 0,
                        0,
                        -1,
                        true,
                        new SimpleRecord(shard.nowMs, value.getBytes(UTF_8)))
                .buffer();
    }
}
