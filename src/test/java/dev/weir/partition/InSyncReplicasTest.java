package dev.weir.partition;

import static dev.weir.partition.ShardMetadata.brokerEpoch;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.weir.metadata.record.BrokerRegistrationChangeRecord;
import dev.weir.metadata.record.PartitionChangeRecord;
import dev.weir.partition.client.AppendResult;
import dev.weir.partition.client.PartitionStats;
import dev.weir.partition.client.ShardStats;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.common.message.AlterPartitionRequestData;
import org.apache.kafka.common.message.AlterPartitionRequestData.BrokerState;
import org.apache.kafka.common.message.AlterPartitionResponseData;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.Test;

/** When a shard asks for other ISRs, and what follows from the answers. */
class InSyncReplicasTest {
    private static final long LAG_MS = 30_000;

    private final ShardFixture shard = new ShardFixture(ShardFixture.config(Long.MAX_VALUE, 1), 1, 2, 3);

    @Test
    void shouldAskToRemoveAFollowerThatHasBeenBehindForLongerThanTheLag() {
        // given
        shard.append(1, shard.batch("a"));
        shard.pass(LAG_MS / 2);
        shard.followerAt(2, 1);

        // when
        shard.pass(LAG_MS / 2 + 10);

        // then
        assertThat(asked()).contains(List.of(1, 2));
    }

    @Test
    void shouldNotRemoveAFollowerWhileNothingIsWritten() {
        // given
        shard.append(1, shard.batch("a"));
        shard.followerAt(2, 1);
        shard.followerAt(3, 1);

        // when
        shard.pass(10 * LAG_MS);

        // then
        assertThat(asked()).isEmpty();
        assertThat(shard.shard.deadlines().size()).isZero();
    }

    @Test
    void shouldLetTheHighWatermarkGoOnWhenTheControllerHasTakenTheShrink() {
        // given
        Answer<AppendResult> all = shard.stage(-1, (int) (2 * LAG_MS), shard.batch("a"));
        shard.appends.writeStaged(shard.nowMs);
        shard.followerAt(2, 1);
        shard.pass(LAG_MS + 10);
        AlterPartitionRequestData request = shard.inSync.next().orElseThrow();
        assertThat(all.came()).isFalse();

        // when
        shard.inSync.answered(taken(request), shard.nowMs);

        // then
        assertThat(all.only().error()).isEqualTo(Errors.NONE);
        assertThat(shard.partition().highWatermark()).isEqualTo(1);
        assertThat(shard.shard.isrCounts().stats()).isEqualTo(new ShardStats.IsrChanges(1, 0, 0));
    }

    @Test
    void shouldAskToAddAFollowerThatHasCaughtUpWithItsBrokerEpoch() {
        // given
        isr(1);
        shard.append(1, shard.batch("a"));

        // when
        shard.follow(3, 1, 0, 1);

        // then
        assertThat(shard.inSync
                        .next()
                        .orElseThrow()
                        .topics()
                        .get(0)
                        .partitions()
                        .get(0)
                        .newIsrWithEpochs())
                .containsExactly(
                        new BrokerState().setBrokerId(1).setBrokerEpoch(brokerEpoch(1)),
                        new BrokerState().setBrokerId(3).setBrokerEpoch(brokerEpoch(3)));
    }

    @Test
    void shouldAskToAddAFencedFollowerAsSoonAsItIsLetIn() {
        // given
        isr(1);
        shard.commit(BrokerRegistrationChangeRecord.fence(3, brokerEpoch(3)));
        shard.append(1, shard.batch("a"));
        shard.follow(3, 1, 0, 1);
        assertThat(asked()).isEmpty();

        // when
        shard.commit(BrokerRegistrationChangeRecord.unfence(3, brokerEpoch(3)));

        // then
        assertThat(asked()).contains(List.of(1, 3));
    }

    @Test
    void shouldAskAgainSomeTimeAfterARequestWithoutAnAnswer() {
        // given
        isr(1);
        shard.append(1, shard.batch("a"));
        shard.follow(3, 1, 0, 1);
        AlterPartitionRequestData first = shard.inSync.next().orElseThrow();

        // when
        shard.inSync.failed(Errors.REQUEST_TIMED_OUT, shard.nowMs);

        // then
        assertThat(shard.inSync.next()).isEmpty();
        shard.pass(1_000);
        assertThat(shard.inSync.next()).contains(first);
    }

    @Test
    void shouldAskForSomethingElseWhenTheMetadataSaysThatItWasRefused() {
        // given
        isr(1);
        shard.append(1, shard.batch("a"));
        shard.follow(3, 1, 0, 1);
        shard.follow(2, 1, 0, 2);
        AlterPartitionResponseData refusal = taken(shard.inSync.next().orElseThrow());
        refusal.topics().get(0).partitions().get(0).setErrorCode(Errors.INELIGIBLE_REPLICA.code());
        shard.inSync.answered(refusal, shard.nowMs);

        // when
        shard.commit(
                BrokerRegistrationChangeRecord.fence(3, brokerEpoch(3)),
                PartitionChangeRecord.of(ShardFixture.TOPIC, 0));

        // then
        assertThat(asked()).contains(List.of(1, 2));
    }

    @Test
    void shouldTakeOverMinInsyncReplicasTogetherWithTheIsrOfTheSameImage() {
        // given
        shard.append(1, shard.batch("a"));
        shard.config = ShardFixture.config(Long.MAX_VALUE, 2);

        // when
        shard.commit(
                ShardMetadata.minInsyncReplicas(2),
                PartitionChangeRecord.of(ShardFixture.TOPIC, 0).withIsr(List.of(1)));

        // then
        assertThat(shard.partition().highWatermark()).isZero();
        shard.config = ShardFixture.config(Long.MAX_VALUE, 1);
        shard.commit(ShardMetadata.minInsyncReplicas(1));
        assertThat(shard.partition().highWatermark()).isEqualTo(1);
    }

    /** The controller may have let it in, and may elect it. */
    @Test
    void shouldWaitForAFollowerThatWasProposedBeforeTheLogWasOpenedAgain() {
        // given
        isr(1);
        shard.append(1, shard.batch("a"));
        shard.follow(3, 1, 0, 1);
        AlterPartitionRequestData request = shard.inSync.next().orElseThrow();

        // when
        shard.lifecycle.reopen(shard.partition(), "a sync failed", shard.nowMs);
        shard.append(1, shard.batch("b"));

        // then
        assertThat(shard.partition().highWatermark()).isEqualTo(1);
        shard.inSync.answered(taken(request), shard.nowMs);
        assertThat(shard.partition().replication().isr()).containsExactlyInAnyOrder(1, 3);
    }

    /** The metadata that is known here does not say it yet, but the controller may elect the new member. */
    @Test
    void shouldCountAFollowerThatWasLetInBeforeTheLogWasOpenedAgain() {
        // given
        isr(1);
        shard.append(1, shard.batch("a"));
        shard.follow(3, 1, 0, 1);
        shard.inSync.answered(taken(shard.inSync.next().orElseThrow()), shard.nowMs);

        // when
        shard.lifecycle.reopen(shard.partition(), "a sync failed", shard.nowMs);
        shard.append(1, shard.batch("b"));

        // then
        assertThat(shard.partition().replication().isr()).containsExactlyInAnyOrder(1, 3);
        assertThat(shard.partition().highWatermark()).isEqualTo(1);
    }

    @Test
    void shouldCountAFollowerThatWasProposedAlsoWhenTheLogIsOpenedAtTheSecondAttempt() {
        // given
        isr(1);
        shard.append(1, shard.batch("a"));
        shard.follow(3, 1, 0, 1);
        AlterPartitionRequestData request = shard.inSync.next().orElseThrow();
        Partition former = shard.partition();

        // when
        shard.shard.takeOffline(former, "for the test", shard.nowMs);
        shard.shard.newReplication(ShardFixture.KEY, 0);
        shard.lifecycle.reopen(former, "for the test", shard.nowMs);
        shard.append(1, shard.batch("b"));

        // then
        assertThat(shard.partition().highWatermark()).isEqualTo(1);
        shard.inSync.answered(taken(request), shard.nowMs);
        assertThat(shard.partition().replication().isr()).containsExactlyInAnyOrder(1, 3);
    }

    @Test
    void shouldAskForNothingWhereAnotherBrokerLeads() {
        // given
        isr(1);
        shard.append(1, shard.batch("a"));
        shard.follow(3, 1, 0, 1);

        // when
        shard.commit(PartitionChangeRecord.of(ShardFixture.TOPIC, 0)
                .withIsr(List.of(1, 2))
                .withLeader(2));

        // then
        assertThat(asked()).isEmpty();
    }

    @Test
    void shouldSayHowManyAreInSync() {
        ShardFixture strict = new ShardFixture(ShardFixture.config(Long.MAX_VALUE, 2), 1, 2, 3);
        PartitionStats all = strict.partition().stats();
        strict.commit(PartitionChangeRecord.of(ShardFixture.TOPIC, 0).withIsr(List.of(1, 2)));
        PartitionStats two = strict.partition().stats();
        strict.commit(PartitionChangeRecord.of(ShardFixture.TOPIC, 0).withIsr(List.of(1)));
        PartitionStats one = strict.partition().stats();
        strict.commit(PartitionChangeRecord.of(ShardFixture.TOPIC, 0).withLeader(2));
        PartitionStats follower = strict.partition().stats();

        assertThat(List.of(all, two, one, follower))
                .extracting(PartitionStats::underReplicated, PartitionStats::underMinIsr, PartitionStats::atMinIsr)
                .containsExactly(
                        tuple(false, false, false),
                        tuple(true, false, true),
                        tuple(true, true, false),
                        tuple(false, false, false));
    }

    /** As Kafka counts: a replica that is being added is not missing. */
    @Test
    void shouldNotMissAReplicaThatAReassignmentAdds() {
        shard.commit(PartitionChangeRecord.of(ShardFixture.TOPIC, 0)
                .withAdding(List.of(3))
                .withIsr(List.of(1, 2)));

        assertThat(shard.partition().stats().underReplicated()).isFalse();
    }

    private void isr(Integer... members) {
        shard.commit(PartitionChangeRecord.of(ShardFixture.TOPIC, 0).withIsr(List.of(members)));
    }

    private Optional<List<Integer>> asked() {
        return shard.inSync
                .next()
                .map(request -> members(request.topics().get(0).partitions().get(0)));
    }

    private static List<Integer> members(AlterPartitionRequestData.PartitionData asked) {
        return asked.newIsrWithEpochs().stream().map(BrokerState::brokerId).toList();
    }

    private static AlterPartitionResponseData taken(AlterPartitionRequestData request) {
        AlterPartitionRequestData.PartitionData asked =
                request.topics().get(0).partitions().get(0);
        return new AlterPartitionResponseData()
                .setTopics(List.of(new AlterPartitionResponseData.TopicData()
                        .setTopicId(request.topics().get(0).topicId())
                        .setPartitions(List.of(new AlterPartitionResponseData.PartitionData()
                                .setPartitionIndex(asked.partitionIndex())
                                .setLeaderId(1)
                                .setLeaderEpoch(asked.leaderEpoch())
                                .setPartitionEpoch(asked.partitionEpoch() + 1)
                                .setIsr(members(asked))))));
    }
}
