package dev.weir.partition;

import static dev.weir.partition.ShardMetadata.brokerEpoch;
import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.config.TestLogConfig;
import dev.weir.metadata.record.BrokerRegistrationChangeRecord;
import dev.weir.metadata.record.PartitionChangeRecord;
import dev.weir.metadata.record.RemoveTopicRecord;
import dev.weir.partition.client.OffsetMessages.DeleteAnswer;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** DeleteRecords waits until the logs of the replicas begin where the leader's does. */
class RecordDeletionsTest {
    private static final int FOLLOWER = 2;
    private static final int OTHER = 3;
    private static final int TIMEOUT_MS = 1_000;

    private final ShardFixture shard = new ShardFixture(ShardFixture.config(Long.MAX_VALUE, 1), 1, FOLLOWER, OTHER);

    RecordDeletionsTest() {
        shard.append(1, shard.batch("a"));
        shard.append(1, shard.batch("b"));
        fetched(FOLLOWER, 0);
        fetched(OTHER, 0);
    }

    @AfterEach
    void shouldLeaveNothingBehind() {
        shard.deletions.endAll();
        int lagCheck = 1;
        assertThat(shard.shard.deadlines().size()).isLessThanOrEqualTo(lagCheck);
    }

    @Test
    void shouldWaitForEveryLiveReplica() {
        Answer<DeleteAnswer> answer = shard.delete(2, TIMEOUT_MS);
        assertThat(shard.partition().log.logStartOffset()).isEqualTo(2);

        fetched(FOLLOWER, 2);
        assertThat(answer.came()).isFalse();
        fetched(OTHER, 2);

        assertThat(answer.only()).isEqualTo(new DeleteAnswer(Errors.NONE, 2));
    }

    @Test
    void shouldTimeOutWhenAReplicaDoesNotDelete() {
        Answer<DeleteAnswer> answer = shard.delete(2, TIMEOUT_MS);
        fetched(FOLLOWER, 2);
        fetched(OTHER, 1);

        shard.pass(TIMEOUT_MS + Deadlines.TICK_MS);

        assertThat(answer.only()).isEqualTo(new DeleteAnswer(Errors.REQUEST_TIMED_OUT, 1));
    }

    @Test
    void shouldNotWaitForTheDead() {
        Answer<DeleteAnswer> answer = shard.delete(2, TIMEOUT_MS);
        fetched(FOLLOWER, 2);

        shard.commit(BrokerRegistrationChangeRecord.fence(OTHER, brokerEpoch(OTHER)));

        assertThat(answer.only()).isEqualTo(new DeleteAnswer(Errors.NONE, 2));
    }

    @Test
    void shouldEndWhenAnotherBrokerLeads() {
        Answer<DeleteAnswer> answer = shard.delete(2, TIMEOUT_MS);

        shard.commit(PartitionChangeRecord.of(ShardFixture.TOPIC, 0).withLeader(OTHER));

        assertThat(answer.only()).isEqualTo(new DeleteAnswer(Errors.NOT_LEADER_OR_FOLLOWER, -1));
    }

    @Test
    void shouldEndWhenTheTopicIsDeleted() {
        Answer<DeleteAnswer> answer = shard.delete(2, TIMEOUT_MS);

        shard.commit(new RemoveTopicRecord(ShardFixture.TOPIC));

        assertThat(answer.only()).isEqualTo(new DeleteAnswer(Errors.UNKNOWN_TOPIC_ID, -1));
    }

    @Test
    void shouldEndWhenTheBrokerStops() {
        Answer<DeleteAnswer> answer = shard.delete(2, TIMEOUT_MS);

        shard.deletions.endAll();

        assertThat(answer.only().error()).isEqualTo(Errors.NOT_LEADER_OR_FOLLOWER);
    }

    @Test
    void shouldNotWaitForWhatIsDeletedEverywhere() {
        shard.delete(1, TIMEOUT_MS);
        fetched(FOLLOWER, 1);
        fetched(OTHER, 1);

        assertThat(shard.delete(1, TIMEOUT_MS).only()).isEqualTo(new DeleteAnswer(Errors.NONE, 1));
    }

    /** A log without any policy keeps all by itself, which is no reason to refuse what an operator asks for. */
    @ParameterizedTest
    @CsvSource({"false, false, NONE", "false, true, NONE", "true, true, NONE", "true, false, POLICY_VIOLATION"})
    void shouldDeleteRecordsUnlessTheLogIsCompactedOnly(boolean compact, boolean delete, Errors expected) {
        // given
        ShardFixture alone = new ShardFixture(
                TestLogConfig.of(config -> {
                    config.compact = compact;
                    config.delete = delete;
                }),
                ShardFixture.BROKER);
        alone.append(1, alone.batch("v"));

        // when
        DeleteAnswer answer = alone.delete(-1, 0).only();

        // then
        assertThat(answer.error()).isEqualTo(expected);
        assertThat(alone.partition().log.logStartOffset())
                .isEqualTo(expected == Errors.NONE ? alone.partition().highWatermark() : 0);
    }

    private void fetched(int replica, long logStartOffset) {
        shard.follow(replica, 2, logStartOffset);
    }
}
