package dev.weir.partition;

import static dev.weir.partition.ShardMetadata.brokerEpoch;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.metadata.record.BrokerRegistrationChangeRecord;
import dev.weir.metadata.record.MetadataRecord;
import dev.weir.metadata.record.PartitionChangeRecord;
import dev.weir.partition.client.AppendRequest;
import dev.weir.partition.client.FetchAnswer;
import dev.weir.partition.client.FetchQuery;
import dev.weir.partition.client.PartitionKey;
import dev.weir.partition.client.ReplicaFetch;
import dev.weir.partition.client.ReplicaFetch.Stage;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A follower's session inside the shard: what a fetch costs, and what ends its wait. */
class ReplicaFetchesTest {
    private static final int FOLLOWER = 2;
    private static final int OTHER = 3;
    private static final int PARTITIONS = 30;
    private static final int WAIT_MS = 500;

    private final ShardFixture shard = new ShardFixture(ShardFixture.config(Long.MAX_VALUE, 1), 1, FOLLOWER, OTHER);
    private final List<PartitionKey> keys = IntStream.range(0, PARTITIONS)
            .mapToObj(i -> new PartitionKey(new Uuid(3, 100 + i), 0))
            .toList();
    private long ticket;

    ReplicaFetchesTest() {
        for (int i = 0; i < PARTITIONS; i++) {
            shard.commit(ShardMetadata.topic("many" + i, keys.get(i).topicId(), 1, FOLLOWER, OTHER)
                    .toArray(MetadataRecord[]::new));
        }
    }

    @AfterEach
    void shouldLeaveNoDeadlineOfAFetch() {
        shard.replicaFetches.endAll();
        int lagCheck = 1;
        assertThat(shard.shard.deadlines().size()).isLessThanOrEqualTo(lagCheck);
    }

    @Test
    void shouldNameEveryPartitionInTheFirstAnswerAndOnlyNewsAfterwards() {
        // given
        append(0);
        Fetched first = begin(FOLLOWER);
        assertThat(first.offsets()).hasSize(PARTITIONS);
        assertThat(first.answer(0).size()).isPositive();

        // when
        Fetched second = goOn(FOLLOWER, entry(0, 1, 0));

        // then
        assertThat(second.came()).isFalse();
        append(7);
        append(9);
        shard.replicaFetches.answerReady();
        assertThat(second.offsets()).containsOnlyKeys(key(7), key(9));
    }

    @Test
    void shouldLookAtNothingThatNothingHasHappenedTo() {
        // given
        begin(FOLLOWER).await(shard);
        goOn(FOLLOWER).await(shard);
        int reads = shard.reader.reads;

        // when
        for (int fetch = 0; fetch < 20; fetch++) {
            goOn(FOLLOWER).await(shard);
        }

        // then
        assertThat(shard.reader.reads).isEqualTo(reads);
    }

    @Test
    void shouldLookAtWhatHasChangedAlone() {
        // given
        begin(FOLLOWER).await(shard);
        goOn(FOLLOWER).await(shard);
        Fetched waiting = goOn(FOLLOWER);
        int reads = shard.reader.reads;

        // when
        append(5);
        shard.replicaFetches.answerReady();

        // then
        assertThat(waiting.offsets()).containsOnlyKeys(key(5));
        assertThat(shard.reader.reads - reads).isEqualTo(1);
    }

    @Test
    void shouldTellTheHighWatermarkWithoutWaitingForRecords() {
        // given
        append(0);
        begin(FOLLOWER);
        begin(OTHER);
        Fetched follower = goOn(FOLLOWER, entry(0, 1, 0));
        assertThat(follower.came()).isFalse();

        // when
        Fetched other = goOn(OTHER, entry(0, 1, 0));
        shard.replicaFetches.answerReady();

        // then
        assertThat(other.answer(0).highWatermark()).isEqualTo(1);
        assertThat(follower.answer(0).highWatermark()).isEqualTo(1);
        assertThat(follower.answer(0).size()).isZero();
        // It knows now, and need not say so.
        assertThat(goOn(FOLLOWER).came()).isFalse();
    }

    @Test
    void shouldAnswerAtOnceWhenTheFollowerKnowsAnOlderHighWatermark() {
        // given
        append(0);
        begin(FOLLOWER);
        begin(OTHER);
        goOn(FOLLOWER, entry(0, 1, 0));
        goOn(OTHER, entry(0, 1, 0));

        // when
        Fetched restarted = begin(FOLLOWER, entry(0, 1, 0));

        // then
        assertThat(restarted.answer(0).highWatermark()).isEqualTo(1);
    }

    /** Kafka's followers before version 18 of the API do not say what they know: they hear it with the next answer. */
    @Test
    void shouldNotEndAWaitForAHighWatermarkThatTheFollowerDoesNotAskFor() {
        // given
        append(0);
        begin(FOLLOWER, entry(0, 0, ReplicaFetch.NO_HIGH_WATERMARK));
        begin(OTHER);
        Fetched waiting = goOn(FOLLOWER, entry(0, 1, ReplicaFetch.NO_HIGH_WATERMARK));

        // when
        goOn(OTHER, entry(0, 1, 0));
        shard.replicaFetches.answerReady();

        // then
        assertThat(waiting.came()).isFalse();
        waiting.await(shard);
        assertThat(waiting.answer(0).highWatermark()).isEqualTo(1);
    }

    @Test
    void shouldTellThatTheLogStartHasMovedWithoutWaitingForRecords() throws Exception {
        // given
        append(0);
        begin(FOLLOWER);
        Fetched waiting = goOn(FOLLOWER, entry(0, 1, 0));

        // when
        partition(0).log.advanceLogStartOffset(1);
        shard.shard.afterProgress(partition(0), shard.nowMs);
        shard.replicaFetches.answerReady();

        // then
        assertThat(waiting.answer(0).logStartOffset()).isEqualTo(1);
        assertThat(goOn(FOLLOWER).came()).isFalse();
    }

    @Test
    void shouldSendRecordsAgainUntilTheFollowerSaysThatItHasThem() {
        // given
        append(0);
        begin(FOLLOWER);

        // when
        Fetched again = goOn(FOLLOWER);

        // then
        assertThat(again.answer(0).size()).isPositive();
        assertThat(goOn(FOLLOWER, entry(0, 1, 0)).came()).isFalse();
    }

    @Test
    void shouldGiveEachPartitionItsTurnWhenTheLimitIsSmall() {
        // given
        for (int i = 0; i < 4; i++) {
            append(i);
            append(i);
        }
        int oneBatch = shard.batch("a").remaining();
        fetch(FOLLOWER, Stage.BEGIN, oneBatch, 0, all(0, 0)).release();

        // when
        List<PartitionKey> served = IntStream.range(0, 3)
                .mapToObj(turn -> fetch(FOLLOWER, Stage.GO_ON, oneBatch, 0, List.of()))
                .peek(Fetched::release)
                .flatMap(fetched -> fetched.withRecords().stream())
                .toList();

        // then
        assertThat(served).containsExactly(key(1), key(2), key(3));
    }

    @Test
    void shouldEndTheWaitWhenAnotherBrokerLeads() {
        // given
        begin(FOLLOWER).await(shard);
        Fetched waiting = goOn(FOLLOWER);

        // when
        shard.commit(PartitionChangeRecord.of(key(3).topicId(), 0).withLeader(OTHER));

        // then
        assertThat(waiting.offsets()).containsOnlyKeys(key(3));
        assertThat(waiting.answer(3).error()).isEqualTo(Errors.FENCED_LEADER_EPOCH);
        assertThat(waiting.answer(3).leader()).isEqualTo(new FetchAnswer.Leader(OTHER, 1));
    }

    @Test
    void shouldForgetWhatTheFollowerForgets() {
        // given
        begin(FOLLOWER).await(shard);

        // when
        Fetched waiting = fetch(FOLLOWER, Stage.GO_ON, 1 << 20, WAIT_MS, List.of(), key(3));
        append(3);
        shard.replicaFetches.answerReady();

        // then
        assertThat(waiting.came()).isFalse();
    }

    @Test
    void shouldNotKnowASessionThatHasEnded() {
        // given
        begin(FOLLOWER);
        shard.replicaFetches.endSession(FOLLOWER);

        // when
        Fetched fetched = goOn(FOLLOWER);

        // then
        assertThat(fetched.error()).isEqualTo(Errors.FETCH_SESSION_ID_NOT_FOUND);
    }

    @Test
    void shouldForgetTheSessionOfAFormerIncarnation() {
        // given
        begin(FOLLOWER).await(shard);
        Fetched waiting = goOn(FOLLOWER);

        // when
        shard.commit(ShardMetadata.registration(FOLLOWER, 99));

        // then
        assertThat(waiting.came()).isTrue();
        assertThat(goOn(FOLLOWER).error()).isEqualTo(Errors.FETCH_SESSION_ID_NOT_FOUND);
    }

    @Test
    void shouldGoOnServingAFollowerThatIsFenced() {
        // given
        begin(FOLLOWER).await(shard);

        // when
        shard.commit(BrokerRegistrationChangeRecord.fence(FOLLOWER, brokerEpoch(FOLLOWER)));
        append(3);

        // then
        assertThat(goOn(FOLLOWER).answer(3).size()).isPositive();
    }

    @Test
    void shouldWaitForEnoughBytesButNotWithWhatIsNoRecord() {
        // given
        begin(FOLLOWER).await(shard);
        int oneBatch = shard.batch("a").remaining();
        Fetched waiting = fetch(FOLLOWER, Stage.GO_ON, 1 << 20, WAIT_MS, 2 * oneBatch, List.of());

        // when
        append(3);
        shard.replicaFetches.answerReady();

        // then
        assertThat(waiting.came()).isFalse();
        append(4);
        shard.replicaFetches.answerReady();
        assertThat(waiting.withRecords()).containsExactly(key(3), key(4));
    }

    @Test
    void shouldKeepTheClockOfAFollowerWhoseFetchesDoNotNameThePartition() {
        // given
        begin(FOLLOWER).await(shard);
        begin(OTHER).await(shard);
        shard.pass(100_000);
        goOn(FOLLOWER).await(shard);

        // when
        append(0);
        shard.pass(20_000);

        // then
        assertThat(partition(0).replication().followers())
                .filteredOn(Follower::isLagging)
                .extracting(Follower::brokerId)
                .containsExactly(OTHER);
    }

    @Test
    void shouldAskAFollowerAnewWhereItIsWhenItHasLeftTheIsr() {
        // given
        begin(FOLLOWER).await(shard);
        Fetched waiting = goOn(FOLLOWER);

        // when
        shard.commit(PartitionChangeRecord.of(key(3).topicId(), 0).withIsr(List.of(1, OTHER)));

        // then
        assertThat(shard.inSync.next()).isEmpty();
        assertThat(waiting.error()).isEqualTo(Errors.NONE);
        assertThat(goOn(FOLLOWER).error()).isEqualTo(Errors.FETCH_SESSION_ID_NOT_FOUND);
        begin(FOLLOWER).await(shard);
        assertThat(shard.inSync.next()).isPresent();
        assertThat(goOn(FOLLOWER).came()).isFalse();
    }

    @Test
    void shouldTakeAnIdleFollowerBackThatWasFencedForAWhile() {
        // given
        begin(FOLLOWER).await(shard);
        shard.commit(
                BrokerRegistrationChangeRecord.fence(FOLLOWER, brokerEpoch(FOLLOWER)),
                PartitionChangeRecord.of(key(3).topicId(), 0).withIsr(List.of(1, OTHER)));
        assertThat(goOn(FOLLOWER).error()).isEqualTo(Errors.FETCH_SESSION_ID_NOT_FOUND);
        begin(FOLLOWER).await(shard);
        assertThat(shard.inSync.next()).isEmpty();

        // when
        shard.commit(BrokerRegistrationChangeRecord.unfence(FOLLOWER, brokerEpoch(FOLLOWER)));

        // then
        assertThat(shard.inSync.next()).isPresent();
        assertThat(goOn(FOLLOWER).came()).isFalse();
    }

    /** Its session stood for it, in which it fetched a moment ago. */
    @Test
    void shouldKeepTheClockOfAnIdleFollowerWhoseSessionEnds() {
        // given
        begin(FOLLOWER).await(shard);
        begin(OTHER).await(shard);
        shard.pass(100_000);
        goOn(FOLLOWER).await(shard);

        // when
        shard.replicaFetches.endSession(FOLLOWER);
        append(0);
        shard.pass(20_000);

        // then
        assertThat(partition(0).replication().followers())
                .filteredOn(Follower::isLagging)
                .extracting(Follower::brokerId)
                .containsExactly(OTHER);
    }

    @Test
    void shouldTakeWhatAFetchHasSaidBeforeItFailedAndAskForTheRestAnew() {
        // given
        shard.commit(PartitionChangeRecord.of(key(0).topicId(), 0).withIsr(List.of(1, OTHER)));
        shard.reader.readsToFailure = 1;

        // when
        assertThatThrownBy(() -> begin(FOLLOWER)).isInstanceOf(IllegalStateException.class);

        // then
        assertThat(shard.inSync.next()).isPresent();
        assertThat(goOn(FOLLOWER).error()).isEqualTo(Errors.FETCH_SESSION_ID_NOT_FOUND);
    }

    @Test
    void shouldAnswerAWaitThatCannotBeLookedAtWhenTheNextFetchComes() {
        // given
        begin(FOLLOWER).await(shard);
        Fetched waiting = goOn(FOLLOWER);
        append(3);
        shard.reader.readsToFailure = 0;

        // when
        Fetched next = goOn(FOLLOWER);

        // then
        assertThat(waiting.error()).isEqualTo(Errors.UNKNOWN_SERVER_ERROR);
        assertThat(next.error()).isEqualTo(Errors.FETCH_SESSION_ID_NOT_FOUND);
    }

    private PartitionKey key(int index) {
        return keys.get(index);
    }

    private Partition partition(int index) {
        Partition found = shard.shard.find(key(index));
        if (found == null) {
            throw new AssertionError(key(index) + " is not here");
        }
        return found;
    }

    private void append(int index) {
        shard.appends.append(
                new AppendRequest(
                        List.of(new AppendRequest.Entry(key(index), -1, shard.batch("a"))),
                        (short) 1,
                        30_000,
                        ShardFixture.NEWEST,
                        AppendRequest.Origin.CLIENT),
                shard.nowMs,
                results -> assertThat(results).allMatch(result -> result.error() == Errors.NONE));
        shard.appends.writeStaged(shard.nowMs);
    }

    private ReplicaFetch.Entry entry(int index, long offset, long highWatermark) {
        return new ReplicaFetch.Entry(new FetchQuery.Entry(key(index), offset, 1 << 20, 0, -1), 0, highWatermark);
    }

    private List<ReplicaFetch.Entry> all(long offset, long highWatermark) {
        return IntStream.range(0, PARTITIONS)
                .mapToObj(i -> entry(i, offset, highWatermark))
                .toList();
    }

    private Fetched begin(int follower) {
        return fetch(follower, Stage.BEGIN, 1 << 20, WAIT_MS, all(0, 0));
    }

    private Fetched begin(int follower, ReplicaFetch.Entry... entries) {
        return fetch(follower, Stage.BEGIN, 1 << 20, WAIT_MS, Arrays.asList(entries));
    }

    private Fetched goOn(int follower, ReplicaFetch.Entry... entries) {
        return fetch(follower, Stage.GO_ON, 1 << 20, WAIT_MS, Arrays.asList(entries));
    }

    private Fetched fetch(
            int follower,
            Stage stage,
            int maxBytes,
            int maxWaitMs,
            List<ReplicaFetch.Entry> entries,
            PartitionKey... forgotten) {
        return fetch(follower, stage, maxBytes, maxWaitMs, 1, entries, forgotten);
    }

    private Fetched fetch(
            int follower,
            Stage stage,
            int maxBytes,
            int maxWaitMs,
            int minBytes,
            List<ReplicaFetch.Entry> entries,
            PartitionKey... forgotten) {
        Fetched fetched = new Fetched();
        shard.replicaFetches.fetch(
                new ReplicaFetch(
                        follower,
                        stage,
                        follower,
                        brokerEpoch(follower),
                        entries,
                        Arrays.asList(forgotten),
                        maxBytes,
                        minBytes,
                        maxWaitMs,
                        ++ticket),
                shard.nowMs,
                fetched.answers::take);
        return fetched;
    }

    /** One fetch and its answer. */
    private final class Fetched {
        private final Once answers = new Once();

        boolean came() {
            return answers.answer != null;
        }

        Errors error() {
            return answers.get().error();
        }

        Map<PartitionKey, Long> offsets() {
            return answers.get().news().stream().collect(Collectors.toMap(ReplicaFetch.News::key, news -> news.answer()
                    .highWatermark()));
        }

        List<PartitionKey> withRecords() {
            return answers.get().news().stream()
                    .filter(news -> news.answer().size() > 0)
                    .map(ReplicaFetch.News::key)
                    .toList();
        }

        FetchAnswer answer(int index) {
            return answers.get().news().stream()
                    .filter(news -> news.key().equals(key(index)))
                    .findFirst()
                    .orElseThrow()
                    .answer();
        }

        void await(ShardFixture fixture) {
            if (!came()) {
                fixture.pass(WAIT_MS + Deadlines.TICK_MS);
            }
            assertThat(error()).isEqualTo(Errors.NONE);
        }

        void release() {
            answers.get().release();
        }
    }

    private static final class Once {
        private ReplicaFetch.Answer answer;

        void take(ReplicaFetch.Answer given) {
            if (answer != null) {
                throw new AssertionError("answered twice");
            }
            answer = given;
        }

        ReplicaFetch.Answer get() {
            if (answer == null) {
                throw new AssertionError("not answered");
            }
            return answer;
        }
    }
}
