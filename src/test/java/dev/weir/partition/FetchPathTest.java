package dev.weir.partition;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.metadata.record.RemoveTopicRecord;
import dev.weir.partition.client.AppendResult;
import dev.weir.partition.client.FetchAnswer;
import dev.weir.partition.client.FetchAnswer.Unread;
import dev.weir.partition.client.FetchQuery;
import dev.weir.partition.client.PartitionStats;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.Test;

class FetchPathTest {
    private final ShardFixture shard = ShardFixture.alone();

    @Test
    void shouldAnswerAtOnceWhatIsThere() {
        shard.append(1, shard.batch("a"));

        FetchAnswer answer = shard.fetch(0, 1, 500, 1).only();

        assertThat(answer.error()).isEqualTo(Errors.NONE);
        assertThat(answer.size()).isPositive();
        assertThat(answer.highWatermark()).isEqualTo(1);
        assertThat(answer.lastStableOffset()).isEqualTo(1);
        assertThat(answer.logStartOffset()).isZero();
        answer.release();
    }

    @Test
    void shouldBeWokenByAnAppend() {
        Answer<FetchAnswer> answer = shard.fetch(0, 1, 500, 1);
        assertThat(answer.came()).isFalse();

        shard.append(1, shard.batch("a"));

        assertThat(answer.only().size()).isPositive();
        assertNothingWaits();
    }

    @Test
    void shouldNotBeWokenByTooFewBytes() {
        int oneBatch = shard.batch("a").remaining();
        Answer<FetchAnswer> answer = shard.fetch(0, 2 * oneBatch, 500, 1);

        shard.append(1, shard.batch("a"));
        assertThat(answer.came()).isFalse();
        shard.append(1, shard.batch("b"));

        assertThat(answer.only().size()).isEqualTo(2 * oneBatch);
    }

    @Test
    void shouldNotBeWokenByWhatIsNotReplicated() {
        ShardFixture pair = new ShardFixture(ShardFixture.config(Long.MAX_VALUE, 1), 1, 2);
        Answer<FetchAnswer> answer = pair.fetch(0, 1, 500, 1);

        pair.append(1, pair.batch("a"));
        assertThat(answer.came()).isFalse();
        // The follower has fetched the record when it asks for the next one.
        pair.follow(2, 1, 0, 2);

        assertThat(answer.only().size()).isPositive();
    }

    @Test
    void shouldEndWithItsDeadline() {
        Answer<FetchAnswer> answer = shard.fetch(0, 1, 500, 1);

        shard.pass(499);
        assertThat(answer.came()).isFalse();
        shard.pass(1 + Deadlines.TICK_MS);

        assertThat(answer.only().error()).isEqualTo(Errors.NONE);
        assertThat(answer.only().size()).isZero();
        assertNothingWaits();
    }

    @Test
    void shouldEndWhenToldAndOnlyOnce() {
        Answer<FetchAnswer> answer = shard.fetch(0, 1, 500, 7);

        shard.fetches.endWait(8);
        assertThat(answer.came()).isFalse();
        shard.fetches.endWait(7);
        shard.fetches.endWait(7);

        assertThat(answer.only().error()).isEqualTo(Errors.NONE);
        assertNothingWaits();
    }

    @Test
    void shouldEndWithAllOthersWhenTheShardEnds() {
        Answer<FetchAnswer> one = shard.fetch(0, 1, 500, 1);
        Answer<FetchAnswer> two = shard.fetch(0, 1, 500, 2);

        shard.fetches.endAll();

        assertThat(one.came()).isTrue();
        assertThat(two.came()).isTrue();
        assertNothingWaits();
    }

    @Test
    void shouldEndWhenTheTopicIsDeleted() {
        Answer<FetchAnswer> answer = shard.fetch(0, 1, 500, 1);

        shard.commit(new RemoveTopicRecord(ShardFixture.TOPIC));

        assertThat(answer.only().error()).isEqualTo(Errors.UNKNOWN_TOPIC_ID);
        assertNothingWaits0();
    }

    @Test
    void shouldEndWhenAnotherBrokerLeadsAndNameIt() {
        ShardFixture pair = new ShardFixture(ShardFixture.config(Long.MAX_VALUE, 1), 1, 2);
        Answer<FetchAnswer> answer = pair.fetch(0, 1, 500, 1);

        pair.commit(ShardMetadata.partition(ShardFixture.TOPIC, 4, 2, List.of(1, 2)));

        assertThat(answer.only().error()).isEqualTo(Errors.NOT_LEADER_OR_FOLLOWER);
        assertThat(answer.only().leader()).isEqualTo(new FetchAnswer.Leader(2, 4));
    }

    @Test
    void shouldBeAnsweredOnceByAnAppendThatADeadlineOfTheSameMomentWrites() {
        ShardFixture pair = new ShardFixture(ShardFixture.config(Long.MAX_VALUE, 1), 1, 2);
        int others = pair.shard.deadlines().size();
        Answer<AppendResult> append = pair.stage(-1, 500, pair.batch("a"));
        // A follower reads up to the end of the log, so the write alone wakes it.
        Answer<FetchAnswer> follower = pair.follow(2, 0, 500, 2);

        pair.pass(500 + Deadlines.TICK_MS);

        assertThat(append.only().error()).isEqualTo(Errors.REQUEST_TIMED_OUT);
        assertThat(follower.only().size()).isPositive();
        assertThat(pair.shard.deadlines().size()).isEqualTo(others);
    }

    @Test
    void shouldAnswerAtOnceOutsideOfTheLog() {
        shard.append(1, shard.batch("a"));

        FetchAnswer answer = shard.fetch(2, 1, 500, 1).only();

        assertThat(answer.error()).isEqualTo(Errors.OFFSET_OUT_OF_RANGE);
        assertThat(answer.highWatermark()).isEqualTo(1);
        assertThat(answer.logStartOffset()).isZero();
    }

    @Test
    void shouldGiveBackEverySliceThatItLookedAt() {
        List<FetchAnswer> answers = new ArrayList<>();
        shard.append(1, shard.batch("a"));
        for (int ticket = 1; ticket <= 3; ticket++) {
            shard.fetches.fetch(FetchQueries.query(0, 1 << 20, 500, ticket), shard.nowMs, answers::addAll);
        }
        shard.append(1, shard.batch("b"));
        shard.fetches.endAll();
        assertThat(answers).hasSize(3).allMatch(answer -> answer.size() > 0);

        answers.forEach(FetchAnswer::release);
        shard.commit(new RemoveTopicRecord(ShardFixture.TOPIC));
        shard.nowMs += 61_000;
        shard.housekeeping.tick(shard.nowMs, (partition, nowMs) -> {});

        // A slice that is held too long would show as one released too often, or as a file left behind.
        assertThat(shard.files.list(Path.of("/logs"))).noneMatch(name -> name.contains("orders"));
    }

    @Test
    void shouldCountWhatIsSentAndWhatCannotBeRead() throws IOException {
        // given
        List.of("a", "b", "c").forEach(value -> shard.append(1, shard.batch(value)));
        // Opened anew, it does not know by heart where its batches lie.
        ShardFixture reopened = shard.afterStop();
        FetchAnswer read = reopened.fetch(0, 1, 500, 1).only();
        Objects.requireNonNull(read.bytes()).sent(read.size());
        read.release();
        FetchAnswer unsent = reopened.fetch(0, 1, 500, 1).only();
        unsent.release();
        reopened.files.corrupt(
                Path.of("/logs/orders-0/00000000000000000000.log"), (bytes, size) -> Arrays.fill(bytes, (byte) 0));

        // when
        FetchAnswer failed = reopened.fetch(1, 1, 500, 2).only();

        // then
        assertThat(failed.error()).isEqualTo(Errors.KAFKA_STORAGE_ERROR);
        assertThat(reopened.partition().counters.counts())
                .extracting(PartitionStats.Counts::bytesOut, PartitionStats.Counts::fetchFailures)
                .containsExactly((long) read.size(), 1L);
    }

    @Test
    void shouldSayWhichLimitKeptRecordsOut() {
        // given
        int oneBatch = shard.batch("a").remaining();
        shard.append(1, shard.batch("a"));
        shard.append(1, shard.batch("b"));

        // then
        assertThat(limited(4 * oneBatch, 4 * oneBatch, true))
                .isEqualTo(new Limited(2 * oneBatch, Unread.NOTHING, false));
        assertThat(limited(4 * oneBatch, oneBatch, true))
                .isEqualTo(new Limited(oneBatch, Unread.PARTITION_LIMIT, false));
        assertThat(limited(oneBatch, 4 * oneBatch, true)).isEqualTo(new Limited(oneBatch, Unread.REQUEST_LIMIT, false));
        assertThat(limited(1, 4 * oneBatch, false)).isEqualTo(new Limited(0, Unread.REQUEST_LIMIT, true));
        assertThat(limited(4 * oneBatch, 1, false)).isEqualTo(new Limited(0, Unread.PARTITION_LIMIT, true));
        assertThat(limited(1, 1, true)).isEqualTo(new Limited(oneBatch, Unread.PARTITION_LIMIT, false));
    }

    @Test
    void shouldNotWaitForMoreThanTheLimitOfTheQueryLetsIn() {
        shard.append(1, shard.batch("a"));
        shard.append(1, shard.batch("b"));
        Answer<FetchAnswer> answer = new Answer<>();

        int oneBatch = shard.batch("a").remaining();
        shard.fetches.fetch(limitedQuery(oneBatch + 1, 1 << 20, true, oneBatch + 1), shard.nowMs, answer::take);

        assertThat(answer.only().size()).isEqualTo(oneBatch);
    }

    /** Only its network verticle can tell whether that batch is the first of the whole request, and given whole. */
    @Test
    void shouldNotWaitWhereABatchIsLargerThanItsPartitionsLimit() {
        shard.append(1, shard.batch("a"));
        Answer<FetchAnswer> answer = new Answer<>();

        shard.fetches.fetch(limitedQuery(1 << 20, 1, false, 1), shard.nowMs, answer::take);

        assertThat(answer.only().isWithheld()).isTrue();
    }

    @Test
    void shouldBeWokenByABatchThatIsLargerThanItsPartitionsLimit() {
        Answer<FetchAnswer> answer = new Answer<>();
        shard.fetches.fetch(limitedQuery(1 << 20, 1, false, 1), shard.nowMs, answer::take);
        assertThat(answer.came()).isFalse();

        shard.append(1, shard.batch("a"));

        assertThat(answer.only().isWithheld()).isTrue();
    }

    private Limited limited(int maxBytes, int partitionMaxBytes, boolean firstWhole) {
        Answer<FetchAnswer> answer = new Answer<>();
        shard.fetches.fetch(limitedQuery(maxBytes, partitionMaxBytes, firstWhole, 0), shard.nowMs, answer::take);
        FetchAnswer only = answer.only();
        only.release();
        return new Limited(only.size(), only.unread(), only.isWithheld());
    }

    private static FetchQuery limitedQuery(int maxBytes, int partitionMaxBytes, boolean firstWhole, int minBytes) {
        return new FetchQuery(
                List.of(new FetchQuery.Entry(ShardFixture.KEY, 0, partitionMaxBytes, -1, -1)),
                maxBytes,
                firstWhole,
                minBytes,
                500,
                false,
                -1,
                -1,
                1);
    }

    private record Limited(int size, Unread unread, boolean withheld) {}

    private void assertNothingWaits() {
        assertThat(shard.partition().waits()).isEmpty();
        assertNothingWaits0();
    }

    private void assertNothingWaits0() {
        assertThat(shard.shard.deadlines().size()).isZero();
    }
}
