package dev.weir.partition;

import static dev.weir.partition.FetchQueries.entry;
import static dev.weir.partition.ShardMetadata.brokerEpoch;
import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.partition.client.AppendResult;
import dev.weir.partition.client.FetchAnswer;
import dev.weir.partition.client.OffsetMessages;
import java.util.List;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.ListOffsetsRequest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Who may read as a follower, and which of their positions move the high watermark. */
class FollowerFetchTest {
    private static final int FOLLOWER = 2;

    private final ShardFixture shard = new ShardFixture(ShardFixture.config(Long.MAX_VALUE, 1), 1, FOLLOWER);

    @ParameterizedTest
    @CsvSource({"9, 0, UNKNOWN_LEADER_EPOCH", "9, -1, NOT_LEADER_OR_FOLLOWER", "1, 0, UNKNOWN_LEADER_EPOCH"})
    void shouldRefuseWhoIsNoAssignedReplica(int replica, int leaderEpoch, Errors error) {
        // given
        shard.append(1, shard.batch("a"));

        // when
        FetchAnswer answer =
                shard.follow(replica, -1, entry(0, leaderEpoch, -1), 0, 1).only();

        // then
        assertThat(answer.error()).isEqualTo(error);
        assertThat(answer.size()).isZero();
    }

    @ParameterizedTest
    @CsvSource({"41, NOT_LEADER_OR_FOLLOWER", "42, NONE", "-1, UNKNOWN_LEADER_EPOCH", "43, UNKNOWN_LEADER_EPOCH"})
    void shouldGiveOnlyTheRegisteredIncarnationWhatIsNotCommitted(long brokerEpoch, Errors error) {
        // given
        shard.append(1, shard.batch("a"));

        // when
        FetchAnswer answer =
                shard.follow(FOLLOWER, brokerEpoch, entry(0, 0, -1), 0, 1).only();

        // then
        assertThat(answer.error()).isEqualTo(error);
        assertThat(answer.size() > 0).isEqualTo(error == Errors.NONE);
        answer.release();
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, -2, -3})
    void shouldBoundEveryConsumerByTheHighWatermark(int replica) {
        // given
        shard.append(1, shard.batch("a"));

        // when
        FetchAnswer answer = shard.follow(replica, -1, entry(0, 0, -1), 0, 1).only();

        // then
        assertThat(answer.error()).isEqualTo(Errors.NONE);
        assertThat(answer.size()).isZero();
    }

    @ParameterizedTest
    @CsvSource({
        "-1, 0, NONE, 0",
        "-2, 0, NONE, 0",
        "2, 0, NONE, 1",
        "9, 0, UNKNOWN_LEADER_EPOCH, -1",
        "9, -1, NOT_LEADER_OR_FOLLOWER, -1",
        "1, -1, NOT_LEADER_OR_FOLLOWER, -1"
    })
    void shouldNameTheLogEndToAssignedReplicasOnly(int replica, int leaderEpoch, Errors error, long latest) {
        // given
        shard.append(1, shard.batch("a"));

        // when
        OffsetMessages.OffsetAnswer answer = shard.offsets
                .listOffsets(new OffsetMessages.ListOffsets(
                        List.of(new OffsetMessages.OffsetEntry(
                                ShardFixture.KEY, leaderEpoch, ListOffsetsRequest.LATEST_TIMESTAMP)),
                        replica,
                        false))
                .get(0);

        // then
        assertThat(answer.error()).isEqualTo(error);
        assertThat(answer.offset()).isEqualTo(latest);
    }

    @Test
    void shouldBelieveAFollowerAndTellItTheHighWatermarkThatFollows() {
        // given
        shard.append(1, shard.batch("a"));

        // when
        FetchAnswer answer = shard.follow(FOLLOWER, 1, 0, 1).only();

        // then
        assertThat(answer.highWatermark()).isEqualTo(1);
        assertThat(shard.partition().highWatermark()).isEqualTo(1);
    }

    @ParameterizedTest
    @CsvSource({"42, -1, -1, 1", "-1, 0, -1, 1", "42, 0, -1, 2", "42, 0, 7, 1", "41, 0, -1, 1"})
    void shouldNotBelieveWhoNamesNoEpochsOrReadsNothing(
            long brokerEpoch, int currentLeaderEpoch, int lastFetchedEpoch, long offset) {
        // given
        shard.append(1, shard.batch("a"));

        // when
        shard.follow(FOLLOWER, brokerEpoch, entry(offset, currentLeaderEpoch, lastFetchedEpoch), 0, 1);

        // then
        assertThat(shard.partition().highWatermark()).isZero();
    }

    /** The follower has records of epoch 0 that this leader never had: its position says nothing of what it holds. */
    @Test
    void shouldTellAFollowerWhereItsLogPartsAndNotBelieveItsPosition() {
        // given
        shard.append(1, shard.batch("a"));
        lead(3);
        shard.append(1, shard.batch("b"));
        Answer<AppendResult> all = shard.append(-1, shard.batch("c"));

        // when
        FetchAnswer answer = shard.follow(FOLLOWER, brokerEpoch(FOLLOWER), entry(3, 3, 0), 500, 1)
                .only();

        // then
        assertThat(answer.error()).isEqualTo(Errors.NONE);
        assertThat(answer.diverging()).isEqualTo(new FetchAnswer.Diverging(0, 1));
        assertThat(answer.size()).isZero();
        assertThat(shard.partition().highWatermark()).isZero();
        assertThat(all.came()).isFalse();
    }

    @Test
    void shouldTellWhereTheLogPartsInEpochsWithoutRecords() {
        // given
        shard.append(1, shard.batch("a"));
        lead(5);

        // when
        FetchAnswer answer = shard.follow(FOLLOWER, brokerEpoch(FOLLOWER), entry(1, 5, 4), 500, 1)
                .only();

        // then
        assertThat(answer.diverging()).isEqualTo(new FetchAnswer.Diverging(0, 1));
        assertThat(endOf(4)).isEqualTo(new OffsetMessages.EpochAnswer(Errors.NONE, 0, 1));
        assertThat(endOf(5)).isEqualTo(new OffsetMessages.EpochAnswer(Errors.NONE, 5, 1));
        assertThat(endOf(6)).isEqualTo(new OffsetMessages.EpochAnswer(Errors.NONE, -1, -1));
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 0, 4, 9})
    void shouldBeOutOfRangeBelowTheLogStartWhateverTheEpochs(int lastFetchedEpoch) throws Exception {
        // given
        shard.append(1, shard.batch("a"));
        shard.append(1, shard.batch("b"));
        shard.append(1, shard.batch("c"));
        lead(5);
        shard.partition().log.advanceLogStartOffset(2);

        // when
        FetchAnswer answer = shard.follow(FOLLOWER, brokerEpoch(FOLLOWER), entry(1, 5, lastFetchedEpoch), 500, 1)
                .only();

        // then
        assertThat(answer.error()).isEqualTo(Errors.OFFSET_OUT_OF_RANGE);
        assertThat(answer.logStartOffset()).isEqualTo(2);
    }

    @Test
    void shouldEndTheWaitOfAReplicaThatIsTakenAway() {
        // given
        Answer<FetchAnswer> waiting = shard.follow(FOLLOWER, 0, 500, 1);

        // when
        shard.commit(ShardMetadata.partition(ShardFixture.TOPIC, 0, 1, List.of(1)));

        // then
        assertThat(waiting.only().error()).isEqualTo(Errors.UNKNOWN_LEADER_EPOCH);
    }

    private OffsetMessages.EpochAnswer endOf(int epoch) {
        return shard.offsets
                .endOffsets(new OffsetMessages.EpochEnds(
                        List.of(new OffsetMessages.EpochEntry(ShardFixture.KEY, -1, epoch))))
                .get(0);
    }

    private void lead(int epoch) {
        shard.commit(ShardMetadata.partition(ShardFixture.TOPIC, epoch, 1, List.of(1, FOLLOWER)));
    }
}
