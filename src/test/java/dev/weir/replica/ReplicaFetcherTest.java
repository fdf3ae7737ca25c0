package dev.weir.replica;

import static dev.weir.replica.FetcherScript.at;
import static dev.weir.replica.FetcherScript.error;
import static dev.weir.replica.FetcherScript.key;
import static dev.weir.replica.FetcherScript.position;
import static dev.weir.replica.FetcherScript.records;
import static dev.weir.replica.FetcherScript.refused;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.metadata.DirectoryId;
import dev.weir.partition.client.FollowerMessages.Outcome;
import dev.weir.partition.client.FollowerMessages.Place;
import dev.weir.partition.client.FollowerMessages.Position;
import java.util.Arrays;
import java.util.List;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.message.FetchRequestData;
import org.apache.kafka.common.message.FetchRequestData.FetchPartition;
import org.apache.kafka.common.message.FetchResponseData;
import org.apache.kafka.common.message.FetchResponseData.EpochEndOffset;
import org.apache.kafka.common.message.FetchResponseData.FetchableTopicResponse;
import org.apache.kafka.common.message.FetchResponseData.PartitionData;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The conversation of a fetcher with a leader and a shard. */
class ReplicaFetcherTest {
    private final FetcherScript script = new FetcherScript();
    private final ReplicaFetcher fetcher = script.fetcher;

    @Test
    void shouldLocateThenFetchThenAppendThenFetchOn() {
        follow(0, 5);
        follow(1, 6);

        assertThat(script.next()).containsExactly("turn 0 locate 1 locate");
        assertThat(script.next()).isEmpty();
        script.outcome(at(10, 4), at(20, -1));
        assertThat(script.next()).containsExactly("fetch all 0@10/4 in epoch 5 1@20/-1 in epoch 6");
        assertThat(script.next()).isEmpty();
        script.answer(records(0, 100, 12));
        assertThat(script.next()).containsExactly("turn 0 append 100 bytes at 10");
        assertThat(script.turn.ofFetch()).isEqualTo(script.fetch.id());
        assertThat(script.next()).isEmpty();
        script.outcome(at(12, 5));
        assertThat(script.next()).containsExactly("fetch changes 0@12/5 in epoch 5");
        script.answer();
        assertThat(script.next()).containsExactly("fetch changes");
    }

    @Test
    void shouldNameItselfItsLimitsAndWhatItKnows() {
        follow(0, 5);
        script.next();
        script.outcome(new Outcome.Done(new Position(new Place(10, 4), 3, 8)));
        script.next();

        FetchRequestData request = script.fetch.request();
        assertThat(request.replicaState().replicaId()).isEqualTo(1);
        assertThat(request.replicaState().replicaEpoch()).isEqualTo(41);
        assertThat(request.maxWaitMs()).isEqualTo(500);
        assertThat(request.minBytes()).isEqualTo(1);
        assertThat(request.maxBytes()).isEqualTo(10 << 20);
        assertThat(request.topics().get(0).partitions())
                .containsExactly(new FetchPartition()
                        .setPartition(0)
                        .setCurrentLeaderEpoch(5)
                        .setFetchOffset(10)
                        .setLastFetchedEpoch(4)
                        .setLogStartOffset(3)
                        .setPartitionMaxBytes(1 << 20)
                        .setHighWatermark(8));
    }

    @Test
    void shouldFetchNothingBeforeItIsRegistered() {
        script.brokerEpoch = -1;
        follow(0, 5);
        script.next();
        script.outcome(at(10, 4));

        assertThat(script.next()).isEmpty();
        script.brokerEpoch = 41;
        assertThat(script.next()).hasSize(1);
    }

    @Test
    void shouldHaveALogCutAndFetchFromItsNewEnd() {
        follow(5, at(10, 4));
        script.answer(new PartitionData()
                .setPartitionIndex(0)
                .setDivergingEpoch(new EpochEndOffset().setEpoch(3).setEndOffset(7)));

        assertThat(script.next()).containsExactly("turn 0 cut by 3->7");
        script.outcome(new Outcome.Cut(position(7, 3), true));

        assertThat(script.next()).containsExactly("fetch changes 0@7/3 in epoch 5");
        assertThat(script.counts.stats(List.of()).cuts()).isEqualTo(1);
        assertThat(script.counts.stats(List.of()).cutsBelowHighWatermark()).isEqualTo(1);
    }

    @Test
    void shouldPauseWhereACutChangesNothing() {
        follow(5, at(10, 4));
        script.answer(new PartitionData()
                .setPartitionIndex(0)
                .setDivergingEpoch(new EpochEndOffset().setEpoch(3).setEndOffset(10)));
        script.next();
        script.outcome(new Outcome.Cut(position(10, 4), false));

        assertThat(script.next()).isEmpty();
        script.nowMs += 50;
        assertThat(script.next()).containsExactly("turn 0 locate");
    }

    @Test
    void shouldHandOverTheStartFromTheAnswerThatIsOutOfRange() {
        follow(5, at(10, 4));
        script.answer(error(0, Errors.OFFSET_OUT_OF_RANGE).setLogStartOffset(500));

        assertThat(script.next()).containsExactly("turn 0 out of range, start 500");
    }

    /** The old fetcher's answer comes when another epoch is followed already. */
    @Test
    void shouldNotHearAnAnswerForAnEpochThatIsOver() {
        follow(5, at(10, 4));
        follow(0, 6);
        assertThat(script.next()).containsExactly("turn 0 locate");
        script.outcome(at(10, 4));

        script.answer(records(0, 100, 12));

        assertThat(script.next()).containsExactly("fetch changes 0@10/4 in epoch 6");
        script.answer(records(0, 100, 12));
        assertThat(script.next()).containsExactly("turn 0 append 100 bytes at 10");
    }

    @Test
    void shouldNotHearOfAPartitionThatIsNotItsOwnAnyMore() {
        follow(5, at(10, 4));
        script.answer(records(0, 100, 12));
        script.next();
        fetcher.unfollow(key(0));
        assertThat(fetcher.isDone()).isFalse();

        script.outcome(at(12, 5));

        assertThat(script.next()).isEmpty();
        assertThat(fetcher.isDone()).isTrue();
        assertThat(fetcher.nextMs()).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void shouldFollowTheSameEpochOnlyOnce() {
        follow(5, at(10, 4));

        follow(0, 5);

        assertThat(script.next()).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(
            value = Errors.class,
            names = {
                "NOT_LEADER_OR_FOLLOWER",
                "FENCED_LEADER_EPOCH",
                "UNKNOWN_LEADER_EPOCH",
                "KAFKA_STORAGE_ERROR",
                "UNKNOWN_TOPIC_ID",
                "CORRUPT_MESSAGE"
            })
    void shouldPauseAPartitionWithAnErrorAndFetchTheOthers(Errors error) {
        follow(0, 5);
        follow(1, 5);
        script.next();
        script.outcome(at(10, 4), at(20, 4));
        script.next();
        script.answer(error(0, error), records(1, 9, 21));

        assertThat(script.next()).containsExactly("turn 1 append 9 bytes at 20");
        script.outcome(at(21, 5));
        assertThat(script.next()).containsExactly("fetch changes 1@21/5 in epoch 5 without [0]");
        assertThat(fetcher.nextMs()).isEqualTo(script.nowMs + 50);
        script.nowMs += 50;
        assertThat(script.next()).containsExactly("turn 0 locate");
        script.outcome(at(10, 4));
        script.answer();
        assertThat(script.next()).containsExactly("fetch changes 0@10/4 in epoch 5");
    }

    @Test
    void shouldPauseLongerWithEachErrorUntilSomethingIsAppended() {
        follow(0, 5);
        for (long pauseMs : new long[] {50, 100, 200, 400, 800, 1000, 1000}) {
            assertThat(script.next()).containsExactly("turn 0 locate");
            script.outcome(refused(Errors.KAFKA_STORAGE_ERROR));
            assertThat(fetcher.nextMs()).isEqualTo(script.nowMs + pauseMs);
            script.nowMs += pauseMs;
        }
        assertThat(fetcher.stats().failed()).isEqualTo(1);
        script.next();
        script.outcome(at(10, 4));
        script.next();
        script.answer(records(0, 3, 11));
        script.next();
        script.outcome(at(11, 5));

        assertThat(fetcher.stats().failed()).isZero();
        script.next();
        script.answer(error(0, Errors.NOT_LEADER_OR_FOLLOWER));
        assertThat(fetcher.nextMs()).isEqualTo(script.nowMs + 50);
    }

    /** NOT_LEADER and its like end with the metadata, not with the pause. */
    @Test
    void shouldNotWaitWhereTheMetadataHasNews() {
        follow(0, 5);
        script.next();
        script.outcome(refused(Errors.UNKNOWN_LEADER_EPOCH));
        assertThat(script.next()).isEmpty();

        follow(0, 6);

        assertThat(script.next()).containsExactly("turn 0 locate");
    }

    @Test
    void shouldGoOnWhereTheLogStandsButPauseIfItIsElsewhereAgain() {
        follow(5, at(10, 4));
        script.answer(records(0, 100, 12));
        script.next();
        script.outcome(new Outcome.Misplaced(position(8, 4)));
        assertThat(script.next()).containsExactly("fetch changes 0@8/4 in epoch 5");
        script.answer(records(0, 100, 12));
        script.next();

        script.outcome(new Outcome.Misplaced(position(6, 4)));

        assertThat(script.next()).isEmpty();
    }

    @Test
    void shouldPauseWhereTheLeaderDoesNotAnswerAndNameAllAgain() {
        follow(5, at(10, 4));
        for (long pauseMs : new long[] {50, 100, 200}) {
            fetcher.fetchFailed(script.fetch.id(), "refused", script.nowMs);
            assertThat(script.next()).isEmpty();
            assertThat(fetcher.nextMs()).isEqualTo(script.nowMs + pauseMs);
            script.nowMs += pauseMs;
            assertThat(script.next()).containsExactly("fetch all 0@10/4 in epoch 5");
        }
        script.answer(records(0, 100, 12));

        assertThat(script.next()).containsExactly("turn 0 append 100 bytes at 10");
    }

    /** The buffer of such an answer is given back: nothing of it may be used any more. */
    @Test
    void shouldForgetAnAnswerThatItCannotTakeAndBeginAgain() {
        follow(5, at(10, 4));
        FetchResponseData bad = new FetchResponseData().setSessionId(FetcherScript.SESSION);
        bad.responses()
                .add(new FetchableTopicResponse()
                        .setTopicId(key(0).topicId())
                        .setPartitions(Arrays.asList(records(0, 100, 12), null)));

        assertThatThrownBy(() -> fetcher.fetched(script.fetch.id(), bad, script.nowMs))
                .isInstanceOf(NullPointerException.class);

        assertThat(script.next()).isEmpty();
        script.nowMs += 50;
        assertThat(script.next()).containsExactly("turn 0 locate");
        script.outcome(at(10, 4));
        assertThat(script.next()).containsExactly("fetch all 0@10/4 in epoch 5");
    }

    @Test
    void shouldPauseWhereTheSessionIsRefused() {
        follow(5, at(10, 4));
        fetcher.fetched(
                script.fetch.id(),
                new FetchResponseData().setErrorCode(Errors.FETCH_SESSION_ID_NOT_FOUND.code()),
                script.nowMs);

        assertThat(script.next()).isEmpty();
        script.nowMs += 50;
        assertThat(script.next()).containsExactly("fetch all 0@10/4 in epoch 5");
    }

    @Test
    void shouldPauseWhereTheAnswerIsOfNothingThatWasAskedFor() {
        follow(5, at(10, 4));
        script.answer(records(9, 100, 12));

        assertThat(script.next()).isEmpty();
        script.nowMs += 50;
        assertThat(script.next()).containsExactly("fetch changes");
    }

    @Test
    void shouldFetchANewPartitionBesideAFetchThatWaitsForNews() {
        follow(5, at(10, 4));

        follow(1, 5);

        assertThat(script.next()).containsExactly("turn 1 locate");
        script.outcome(at(3, 4));
        assertThat(script.next()).containsExactly("beside 1@3/4 in epoch 5");
        assertThat(script.side.request().maxWaitMs()).isZero();
        assertThat(script.next()).isEmpty();
        script.answerBeside(records(1, 9, 4), records(0, 9, 99));
        assertThat(script.next()).containsExactly("turn 1 append 9 bytes at 3");
        assertThat(script.turn.ofFetch()).isEqualTo(script.side.id());
        script.outcome(at(4, 5));

        assertThat(script.next()).isEmpty();
        script.answer();
        assertThat(script.next()).containsExactly("fetch changes 1@4/5 in epoch 5");
    }

    @Test
    void shouldPauseLongerBetweenFetchesBesideAnother() {
        follow(5, at(10, 4));
        follow(1, 5);
        script.next();
        script.outcome(at(3, 4));

        for (int pauseMs : new int[] {5, 10, 20, 40, 80, 160, 320, 500, 500}) {
            assertThat(script.next()).containsExactly("beside 1@3/4 in epoch 5");
            script.answerBeside(records(1, 0, 0));
            script.next();
            script.outcome(at(3, 4));
            assertThat(fetcher.nextMs()).isEqualTo(script.nowMs + pauseMs);
            assertThat(script.next()).isEmpty();
            script.nowMs += pauseMs;
        }
    }

    @Test
    void shouldNotFetchOnWhileAFetchBesideIsUnderWay() {
        follow(5, at(10, 4));
        follow(1, 5);
        script.next();
        script.outcome(at(3, 4));
        script.next();

        script.answer(records(0, 8, 12));

        assertThat(script.next()).containsExactly("turn 0 append 8 bytes at 10");
        script.outcome(at(12, 5));
        assertThat(script.next()).isEmpty();
        fetcher.fetchFailed(script.side.id(), "closed", script.nowMs);
        assertThat(script.next()).containsExactly("fetch changes 1@3/4 in epoch 5 0@12/5 in epoch 5");
    }

    @Test
    void shouldNotHearAFetchBesideForAnEpochThatIsOver() {
        follow(5, at(10, 4));
        follow(1, 5);
        script.next();
        script.outcome(at(3, 4));
        script.next();
        follow(1, 6);
        script.next();
        script.outcome(at(3, 4));

        script.answerBeside(records(1, 9, 4));

        assertThat(script.next()).isEmpty();
        script.nowMs += 5;
        assertThat(script.next()).containsExactly("beside 1@3/4 in epoch 6");
    }

    @Test
    void shouldTellHowFarItIsBehindAndWhatCameIn() {
        follow(0, 5);
        follow(1, 5);
        script.next();
        script.outcome(at(10, 4), at(20, 4));
        script.next();
        script.answer(records(0, 100, 500), records(1, 50, 22));
        script.next();
        script.outcome(at(15, 5), refused(Errors.CORRUPT_MESSAGE));

        assertThat(script.counts.stats(List.of(fetcher.stats())))
                .isEqualTo(new ReplicaStats(List.of(new FetcherStats(2, 2, 0, 485)), 100, 0, 0));
    }

    @Test
    void shouldLetThePartitionsThatGaveNothingComeFirst() {
        follow(0, 5);
        follow(1, 5);
        follow(2, 5);
        script.next();
        script.outcome(at(10, 4), at(20, 4), at(30, 4));
        script.next();
        script.answer(records(0, 100, 500), records(1, 0, 22));
        script.next();
        script.outcome(at(11, 5), at(20, 4));
        script.next();
        fetcher.fetchFailed(script.fetch.id(), "closed", script.nowMs);
        script.nowMs += 50;

        assertThat(script.next()).isEqualTo(List.of("fetch all 1@20/4 in epoch 5 2@30/4 in epoch 5 0@11/5 in epoch 5"));
    }

    private void follow(int partition, int epoch) {
        fetcher.follow(key(partition), new TopicPartition("orders", partition), epoch, DirectoryId.UNASSIGNED);
    }

    private void follow(int epoch, Outcome located) {
        follow(0, epoch);
        script.next();
        script.outcome(located);
        assertThat(script.next()).hasSize(1);
    }
}
