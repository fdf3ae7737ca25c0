package dev.weir.network.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.bus.BusException;
import dev.weir.partition.client.FetchAnswer;
import dev.weir.partition.client.FetchAnswer.Unread;
import dev.weir.partition.client.FetchQuery;
import dev.weir.partition.client.PartitionKey;
import dev.weir.partition.client.PartitionReadClient;
import dev.weir.protocol.FakeBytes;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class FetchRoundTest {
    private static final int BROAD = 1 << 20;

    private final Shards shards = new Shards();
    private final List<FakeBytes> made = new ArrayList<>();
    private @Nullable Future<FetchAnswer[]> outcome;

    /** Whatever the round did not answer with, it has released, and that once. */
    @AfterEach
    void shouldReleaseExactlyWhatIsNotAnswered() {
        for (FetchAnswer answer : answers()) {
            answer.release();
        }
        assertThat(made).allSatisfy(bytes -> assertThat(bytes.released()).isEqualTo(1));
    }

    @Test
    void shouldLetASingleShardWaitByItself() {
        run(round(1, BROAD, 100), 500, 0);

        Asked asked = shards.asked.get(0);
        assertThat(asked.query.minBytes()).isEqualTo(100);
        assertThat(asked.query.maxWaitMs()).isEqualTo(500);
        asked.answer(60);

        assertThat(sizes()).containsExactly(60);
        assertThat(shards.asked).hasSize(1);
        assertThat(shards.ended).isEmpty();
    }

    @Test
    void shouldLetEachOfManyShardsWaitForItsShareAndEndTheOthersAtTheFirst() {
        run(round(2, BROAD, 100), 60_000, 0, 1);

        assertThat(shards.asked).extracting(asked -> asked.query.minBytes()).containsExactly(50, 50);
        shards.asked.get(1).answer(120);
        assertThat(shards.ended).containsExactly(0);
        shards.asked.get(0).answer(0);

        assertThat(sizes()).containsExactly(0, 120);
    }

    @Test
    void shouldAskAgainForAShareOfTheRestWhileItIsTooLittle() {
        run(round(2, BROAD, 100), 60_000, 0, 1);
        shards.asked.get(0).answer(50);
        shards.asked.get(1).answer(10);

        assertThat(shards.asked).hasSize(4);
        // 40 are missing: each shard waits for 20 more than it had.
        assertThat(shards.asked.get(2).query.minBytes()).isEqualTo(70);
        assertThat(shards.asked.get(3).query.minBytes()).isEqualTo(30);
        assertThat(shards.asked.get(2).query.ticket())
                .isNotEqualTo(shards.asked.get(0).query.ticket());
        assertThat(shards.asked.get(2).query.maxWaitMs()).isLessThanOrEqualTo(60_000);
        shards.asked.get(2).answer(90);
        shards.asked.get(3).answer(10);

        assertThat(sizes()).containsExactly(90, 10);
    }

    @Test
    void shouldEndEveryWaitAndAskNoMoreWhenItIsAbandoned() {
        FetchRound round = round(2, BROAD, 100);
        run(round, 60_000, 0, 1);

        round.abandon();
        assertThat(shards.ended).containsExactly(0, 1);
        shards.asked.get(0).answer(0);
        shards.asked.get(1).answer(5);

        assertThat(sizes()).containsExactly(0, 5);
        assertThat(shards.asked).hasSize(2);
    }

    @Test
    void shouldAnswerWithTooLittleWhenTheTimeIsOver() {
        run(round(2, BROAD, 100), 0, 0, 1);

        shards.asked.get(0).answer(1);
        shards.asked.get(1).answer(0);

        assertThat(sizes()).containsExactly(1, 0);
    }

    @Test
    void shouldAnswerAtOnceWhenAShardFails() {
        run(round(2, BROAD, 100), 60_000, 0, 1);

        shards.asked.get(0).promise.fail(new BusException(Errors.THROTTLING_QUOTA_EXCEEDED, "busy"));
        shards.asked.get(1).answer(5);

        assertThat(answers()[0].error()).isEqualTo(Errors.THROTTLING_QUOTA_EXCEEDED);
        assertThat(answers()[1].size()).isEqualTo(5);
    }

    @Test
    void shouldEndTheWaitOfAShardAskedAfterOneThatRefusedAtOnce() {
        shards.refuse = 0;

        run(round(2, BROAD, 100), 60_000, 0, 1);

        assertThat(shards.ended).containsExactly(1);
        assertThat(shards.order).containsExactly("ask 0", "ask 1", "end 1");
        shards.asked.get(1).answer(0);
        assertThat(answers()[0].error()).isEqualTo(Errors.THROTTLING_QUOTA_EXCEEDED);
    }

    @Test
    void shouldNotWaitWhenAPartitionIsKnownToBeWrong() {
        FetchRound round = round(2, BROAD, 100);
        round.fail(1, Errors.UNKNOWN_TOPIC_ID);
        run(round, 60_000, 0);

        assertThat(shards.asked.get(0).query.maxWaitMs()).isZero();
        shards.asked.get(0).answer(0);

        assertThat(answers()[1].error()).isEqualTo(Errors.UNKNOWN_TOPIC_ID);
    }

    @Test
    void shouldAnswerAnEmptyFetchAtOnce() {
        run(round(0, BROAD, 100), 60_000);

        assertThat(answers()).isEmpty();
    }

    @Test
    void shouldGiveBackWhatExceedsTheBudgetButAlwaysAnswerSomething() {
        run(round(3, 100, 1), 60_000, 0, 1, 2);

        shards.asked.get(0).answer(150);
        shards.asked.get(1).answer(50);
        shards.asked.get(2).answer(0);

        assertThat(sizes()).containsExactly(150, 0, 0);
        assertThat(answers()[1].highWatermark()).isEqualTo(9);
    }

    @Test
    void shouldDealTheBytesOutSoThatNothingIsReadInVain() {
        run(round(3, 3_000, 1), 60_000, 0, 1, 2);

        assertThat(shards.asked).extracting(asked -> asked.query.maxBytes()).containsExactly(1_000, 1_000, 1_000);
        shards.asked.forEach(asked -> asked.answer(900, Unread.REQUEST_LIMIT));

        assertThat(sizes()).containsExactly(900, 900, 900);
        assertThat(shards.asked).hasSize(3);
    }

    @Test
    void shouldLetEachShardGiveAllThatItsPartitionsMayWhileThatFits() {
        runLimited(round(2, BROAD, 1), 1_000, 60_000, 0, 1);

        assertThat(shards.asked).extracting(asked -> asked.query.maxBytes()).containsExactly(1_000, 1_000);
        shards.asked.forEach(asked -> asked.answer(1));
    }

    @Test
    void shouldDealNoShardLessThanWhatTheFetchWaitsFor() {
        run(round(2, 1_000, 800), 60_000, 0, 1);

        assertThat(shards.asked).extracting(asked -> asked.query.maxBytes()).containsExactly(800, 800);
        shards.asked.forEach(asked -> asked.answer(400));
    }

    @Test
    void shouldGiveTheBytesThatOthersLeaveToAShardWithMore() {
        run(round(3, 3_000, 1), 60_000, 0, 1, 2);
        shards.asked.get(0).answer(100);
        shards.asked.get(1).answer(0);
        shards.asked.get(2).answer(950, Unread.REQUEST_LIMIT);

        assertThat(shards.asked).hasSize(4);
        FetchQuery more = shards.asked.get(3).query;
        assertThat(more.maxBytes()).isEqualTo(2_900);
        assertThat(more.maxWaitMs()).isZero();
        shards.asked.get(3).answer(2_850, Unread.REQUEST_LIMIT);

        assertThat(sizes()).containsExactly(100, 0, 2_850);
        assertThat(shards.asked).hasSize(4);
    }

    @Test
    void shouldNotReadAgainWhatAShardHasGivenWhenHalfOfTheBytesAreUsed() {
        run(round(2, 2_000, 1), 60_000, 0, 1);
        shards.asked.get(0).answer(50);
        shards.asked.get(1).answer(950, Unread.REQUEST_LIMIT);

        assertThat(sizes()).containsExactly(50, 950);
        assertThat(shards.asked).hasSize(2);
    }

    @Test
    void shouldLetOnlyTheFirstBatchOfTheRequestExceedALimit() {
        runLimited(round(3, BROAD, 1), 1, 60_000, 1, 0, 2);

        assertThat(shards.asked).extracting(asked -> asked.query.firstWhole()).containsExactly(false, true, false);
        shards.asked.get(0).answer(0, Unread.PARTITION_LIMIT);
        shards.asked.get(1).answer(1_000, Unread.PARTITION_LIMIT);
        shards.asked.get(2).answer(0, Unread.PARTITION_LIMIT);

        assertThat(sizes()).containsExactly(1_000, 0, 0);
        assertThat(shards.asked).hasSize(3);
    }

    @Test
    void shouldAskAgainForTheFirstBatchWhenItsShardDidNotKnowThatItIsTheFirst() {
        runLimited(round(3, BROAD, 1), 1, 60_000, 0, 1, 0);
        shards.asked.get(0).answer(List.of(0, 1_000), Unread.NOTHING);
        shards.asked.get(1).answer(0, Unread.PARTITION_LIMIT);

        assertThat(shards.asked).hasSize(3);
        FetchQuery first = shards.asked.get(2).query;
        assertThat(first.firstWhole()).isTrue();
        assertThat(first.entries()).hasSize(1);
        shards.asked.get(2).answer(1_000, Unread.NOTHING);

        // What its own shard took for the first is larger than its partition's limit, and is not the first.
        assertThat(sizes()).containsExactly(0, 1_000, 0);
    }

    @Test
    void shouldNotWaitForMoreWhereTheFirstBatchIsLargerThanItsPartitionsLimit() {
        runLimited(round(2, BROAD, 1), 1, 60_000, 0, 1);
        shards.asked.get(0).answer(0);
        shards.asked.get(1).answer(0, Unread.PARTITION_LIMIT);

        assertThat(shards.asked).hasSize(3);
        assertThat(shards.asked.get(2).query.firstWhole()).isTrue();
        assertThat(shards.asked.get(2).query.maxWaitMs()).isZero();
        shards.asked.get(2).answer(1_000, Unread.NOTHING);

        assertThat(sizes()).containsExactly(0, 1_000);
    }

    private FetchRound round(int parts, int maxBytes, int minBytes) {
        return new FetchRound(shards, parts, maxBytes, minBytes, false, -1, -1);
    }

    /** One partition on each of these shards. */
    private void run(FetchRound round, int maxWaitMs, int... onShards) {
        runLimited(round, BROAD, maxWaitMs, onShards);
    }

    private void runLimited(FetchRound round, int partitionMaxBytes, int maxWaitMs, int... onShards) {
        for (int place = 0; place < onShards.length; place++) {
            round.add(place, new FetchQuery.Entry(on(onShards[place]), 0, partitionMaxBytes, -1, -1));
        }
        outcome = round.run(maxWaitMs);
    }

    private static PartitionKey on(int shard) {
        int partition = 0;
        while (new PartitionKey(new Uuid(1, 1), partition).shard(Shards.COUNT) != shard) {
            partition++;
        }
        return new PartitionKey(new Uuid(1, 1), partition);
    }

    private FetchAnswer[] answers() {
        Future<FetchAnswer[]> done = Objects.requireNonNull(outcome);
        assertThat(done.succeeded()).isTrue();
        return done.result();
    }

    private List<Integer> sizes() {
        return Arrays.stream(answers()).map(FetchAnswer::size).toList();
    }

    private final class Asked {
        private final FetchQuery query;
        private final Promise<List<FetchAnswer>> promise = Promise.promise();

        Asked(FetchQuery query) {
            this.query = query;
        }

        void answer(int size) {
            answer(size, Unread.NOTHING);
        }

        void answer(int size, Unread unread) {
            answer(List.of(size), unread);
        }

        void answer(List<Integer> sizes, Unread unread) {
            promise.complete(sizes.stream()
                    .map(size -> new FetchAnswer(Errors.NONE, 9, 9, 0, bytes(size), List.of(), null, null, unread))
                    .toList());
        }

        private @Nullable FakeBytes bytes(int size) {
            if (size == 0) {
                return null;
            }
            FakeBytes bytes = FakeBytes.of(size);
            made.add(bytes);
            return bytes;
        }
    }

    private final class Shards implements PartitionReadClient {
        private static final int COUNT = 3;

        private final List<Asked> asked = new ArrayList<>();
        private final List<Integer> ended = new ArrayList<>();
        private final List<String> order = new ArrayList<>();
        private int refuse = -1;

        @Override
        public int shards() {
            return COUNT;
        }

        @Override
        public Future<List<FetchAnswer>> fetch(int shard, FetchQuery query) {
            order.add("ask " + shard);
            Asked one = new Asked(query);
            asked.add(one);
            if (shard == refuse) {
                one.promise.fail(new BusException(Errors.THROTTLING_QUOTA_EXCEEDED, "busy"));
            }
            return one.promise.future();
        }

        @Override
        public void endWait(int shard, long ticket) {
            order.add("end " + shard);
            ended.add(shard);
        }
    }
}
