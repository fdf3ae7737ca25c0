package dev.weir.controller;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.metadata.ClusterImage;
import dev.weir.metadata.DirectoryId;
import dev.weir.metadata.record.PartitionChangeRecord;
import dev.weir.metadata.record.RegisterBrokerRecord;
import java.util.List;
import java.util.stream.Stream;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.AllocateProducerIdsRequestData;
import org.apache.kafka.common.message.AlterPartitionRequestData;
import org.apache.kafka.common.message.AlterPartitionRequestData.BrokerState;
import org.apache.kafka.common.message.AlterPartitionRequestData.PartitionData;
import org.apache.kafka.common.message.AlterPartitionResponseData;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class IsrChangesTest {
    private static final Uuid ID = new Uuid(1, 1);

    /** Broker 1 leads in leader epoch 1 and partition epoch 1; broker 3 is fenced. */
    private final ClusterImage image = TestCluster.withTopic(TestCluster.ofBrokers(3), "t", ID, 1, 2, 3)
            .apply(PartitionChangeRecord.of(ID, 0).withLeader(1))
            .apply(TestCluster.broker(3, null, true));

    @Test
    void shouldRecordAProposalThatKnowsThePartition() {
        ControllerResult<AlterPartitionResponseData> result = alter(10, ID, proposal(1, 1, 2, 1));

        assertThat(result.records())
                .containsExactly(PartitionChangeRecord.of(ID, 0).withIsr(List.of(2, 1)));
        assertThat(only(result))
                .isEqualTo(new AlterPartitionResponseData.PartitionData()
                        .setPartitionIndex(0)
                        .setLeaderId(1)
                        .setLeaderEpoch(1)
                        .setPartitionEpoch(2)
                        .setIsr(List.of(2, 1)));
    }

    static Stream<Arguments> refusals() {
        return Stream.of(
                Arguments.of(proposal(2, 1, 1), Errors.NOT_CONTROLLER),
                Arguments.of(proposal(1, 2, 1), Errors.NOT_CONTROLLER),
                Arguments.of(proposal(0, 1, 1), Errors.FENCED_LEADER_EPOCH),
                Arguments.of(proposal(1, 0, 1), Errors.INVALID_UPDATE_VERSION),
                Arguments.of(proposal(1, 1, 2), Errors.INVALID_REQUEST),
                Arguments.of(proposal(1, 1), Errors.INVALID_REQUEST),
                Arguments.of(proposal(1, 1, 1, 1), Errors.INVALID_REQUEST),
                Arguments.of(proposal(1, 1, 1, 4), Errors.INVALID_REQUEST),
                Arguments.of(proposal(1, 1, 1).setLeaderRecoveryState((byte) 1), Errors.INVALID_REQUEST),
                Arguments.of(proposal(1, 1, 1).setPartitionIndex(1), Errors.UNKNOWN_TOPIC_OR_PARTITION));
    }

    @ParameterizedTest
    @MethodSource("refusals")
    void shouldRefuse(PartitionData proposal, Errors error) {
        ControllerResult<AlterPartitionResponseData> result = alter(10, ID, proposal);

        assertThat(result.records()).isEmpty();
        assertThat(only(result).errorCode()).isEqualTo(error.code());
    }

    /** A copy of the request may be on its way still, and would be taken when the member is let in. */
    @Test
    void shouldChangeThePartitionEpochWhenItRefusesAMember() {
        var result = alter(10, ID, proposal(1, 1, 1, 3));

        assertThat(only(result).errorCode()).isEqualTo(Errors.INELIGIBLE_REPLICA.code());
        assertThat(result.records()).containsExactly(PartitionChangeRecord.of(ID, 0));
    }

    @Test
    void shouldRefuseAMemberOfAnotherIncarnation() {
        PartitionData proposal = proposal(1, 1, 1)
                .setNewIsr(List.of())
                .setNewIsrWithEpochs(List.of(
                        new BrokerState().setBrokerId(1).setBrokerEpoch(10),
                        new BrokerState().setBrokerId(2).setBrokerEpoch(19)));

        assertThat(only(alter(10, ID, proposal)).errorCode()).isEqualTo(Errors.INELIGIBLE_REPLICA.code());
    }

    @Test
    void shouldRefuseAStaleLeaderWholly() {
        ControllerResult<AlterPartitionResponseData> result = alter(9, ID, proposal(1, 1, 1));

        assertThat(result.response().errorCode()).isEqualTo(Errors.STALE_BROKER_EPOCH.code());
        assertThat(result.response().topics()).isEmpty();
    }

    @Test
    void shouldRefuseAnUnknownTopic() {
        assertThat(only(alter(10, new Uuid(2, 2), proposal(1, 1, 1))).errorCode())
                .isEqualTo(Errors.UNKNOWN_TOPIC_ID.code());
    }

    /** A replica that asked to be added, and is back without its records, must ask again. */
    @Test
    void shouldNotTakeAReplicaOnTheStrengthOfWhatItsFormerIncarnationHad() {
        ClusterImage back = image.apply(PartitionChangeRecord.of(ID, 0).withIsr(List.of(1)))
                .apply(new RegisterBrokerRecord(
                        2, new Uuid(8, 8), 99, List.of(), List.of(), null, false, false, List.of(TestCluster.dir(2))));

        assertThat(only(alter(back, 10, ID, withEpochs(1, 2, 1, 10, 2, 20))).errorCode())
                .isEqualTo(Errors.INELIGIBLE_REPLICA.code());
        assertThat(only(alter(back, 10, ID, withEpochs(1, 2, 1, 10, 2, 99))).errorCode())
                .isEqualTo(Errors.NONE.code());
    }

    /** Its log was found cut, or its directory has failed: what it had fetched before says nothing any more. */
    @ParameterizedTest
    @MethodSource("unusable")
    void shouldNotTakeAReplicaWhoseLogCannotBeUsed(Uuid directory) {
        ClusterImage lost = image.apply(PartitionChangeRecord.of(ID, 0)
                .withIsr(List.of(1))
                .withReplicas(List.of(1, 2, 3), List.of(TestCluster.dir(1), directory, TestCluster.dir(3))));

        var result = alter(lost, 10, ID, proposal(1, 2, 1, 2));

        assertThat(only(result).errorCode()).isEqualTo(Errors.INELIGIBLE_REPLICA.code());
        assertThat(result.records()).containsExactly(PartitionChangeRecord.of(ID, 0));
    }

    static Stream<Uuid> unusable() {
        return Stream.of(DirectoryId.LOST, new Uuid(77, 77));
    }

    @Test
    void shouldAnswerAProposalThatWasTakenBeforeWithWhatIsSoNow() {
        ClusterImage taken = image.apply(PartitionChangeRecord.of(ID, 0).withIsr(List.of(1, 2)));

        ControllerResult<AlterPartitionResponseData> late = alter(taken, 10, ID, proposal(1, 1, 2, 1));
        ControllerResult<AlterPartitionResponseData> current = alter(taken, 10, ID, proposal(1, 2, 1, 2));

        assertThat(late.records()).isEmpty();
        assertThat(current.records()).isEmpty();
        assertThat(only(late)).isEqualTo(only(current)).matches(answer -> answer.partitionEpoch() == 2);
        assertThat(only(late).isr()).containsExactly(1, 2);
    }

    @Test
    void shouldDecideOnAPartitionThatIsNamedTwiceOneAfterTheOther() {
        AlterPartitionRequestData twice = request(10, ID, proposal(1, 1, 1, 2));
        twice.topics().get(0).setPartitions(List.of(proposal(1, 1, 1, 2), proposal(1, 1, 1), proposal(1, 2, 1)));

        var result = new IsrChanges(new FakeConfigRules()).alter(image, twice);

        assertThat(result.response().topics().get(0).partitions())
                .extracting(AlterPartitionResponseData.PartitionData::errorCode)
                .containsExactly(Errors.NONE.code(), Errors.INVALID_UPDATE_VERSION.code(), Errors.NONE.code());
        assertThat(result.records())
                .containsExactly(
                        PartitionChangeRecord.of(ID, 0).withIsr(List.of(1, 2)),
                        PartitionChangeRecord.of(ID, 0).withIsr(List.of(1)));
    }

    @Test
    void shouldKeepThoseEligibleThatTheLeaderDropsBelowMinIsr() {
        ClusterImage elr = TestCluster.withElr(image);

        ClusterImage shrunk =
                TestCluster.apply(elr, alter(elr, 10, ID, proposal(1, 1, 1)).records());

        assertThat(shrunk.topics().partition(ID, 0).orElseThrow().elr()).containsExactly(2, 3);
        assertThat(alter(shrunk, 10, ID, proposal(1, 2, 1, 2)).records())
                .as("two in sync are enough")
                .containsExactly(
                        PartitionChangeRecord.of(ID, 0).withIsr(List.of(1, 2)).withElr(List.of()));
    }

    @Test
    void shouldEndARecovery() {
        ClusterImage recovering =
                image.apply(PartitionChangeRecord.of(ID, 0).withIsr(List.of(1)).withRecovering(true));

        ControllerResult<AlterPartitionResponseData> result =
                new IsrChanges(new FakeConfigRules()).alter(recovering, request(10, ID, proposal(1, 2, 1)));

        assertThat(result.records())
                .containsExactly(PartitionChangeRecord.of(ID, 0).withRecovering(false));
    }

    @Test
    void shouldHandOutEachBlockOfProducerIdsOnce() {
        AllocateProducerIdsRequestData request =
                new AllocateProducerIdsRequestData().setBrokerId(1).setBrokerEpoch(10);

        var first = ProducerIdBlocks.allocate(image, request);
        var second = ProducerIdBlocks.allocate(TestCluster.apply(image, first.records()), request);

        assertThat(first.response().producerIdStart()).isZero();
        assertThat(first.response().producerIdLen()).isEqualTo(1000);
        assertThat(second.response().producerIdStart()).isEqualTo(1000);
        assertThat(ProducerIdBlocks.allocate(image, request.duplicate().setBrokerEpoch(9))
                        .response()
                        .errorCode())
                .isEqualTo(Errors.STALE_BROKER_EPOCH.code());
    }

    private ControllerResult<AlterPartitionResponseData> alter(long brokerEpoch, Uuid topic, PartitionData proposal) {
        return alter(image, brokerEpoch, topic, proposal);
    }

    private static ControllerResult<AlterPartitionResponseData> alter(
            ClusterImage image, long brokerEpoch, Uuid topic, PartitionData proposal) {
        return new IsrChanges(new FakeConfigRules()).alter(image, request(brokerEpoch, topic, proposal));
    }

    private static AlterPartitionRequestData request(long brokerEpoch, Uuid topic, PartitionData proposal) {
        return new AlterPartitionRequestData()
                .setBrokerId(1)
                .setBrokerEpoch(brokerEpoch)
                .setTopics(List.of(new AlterPartitionRequestData.TopicData()
                        .setTopicId(topic)
                        .setPartitions(List.of(proposal))));
    }

    private static AlterPartitionResponseData.PartitionData only(ControllerResult<AlterPartitionResponseData> result) {
        return result.response().topics().get(0).partitions().get(0);
    }

    /** @param members each an id and its broker epoch */
    private static PartitionData withEpochs(int leaderEpoch, int partitionEpoch, int... members) {
        PartitionData proposal = proposal(leaderEpoch, partitionEpoch);
        for (int i = 0; i < members.length; i += 2) {
            proposal.newIsrWithEpochs()
                    .add(new BrokerState().setBrokerId(members[i]).setBrokerEpoch(members[i + 1]));
        }
        return proposal;
    }

    private static PartitionData proposal(int leaderEpoch, int partitionEpoch, Integer... isr) {
        return new PartitionData()
                .setPartitionIndex(0)
                .setLeaderEpoch(leaderEpoch)
                .setPartitionEpoch(partitionEpoch)
                .setNewIsr(List.of(isr));
    }
}
