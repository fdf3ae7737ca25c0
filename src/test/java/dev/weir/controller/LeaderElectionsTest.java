package dev.weir.controller;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.metadata.ClusterImage;
import dev.weir.metadata.record.BrokerRegistrationChangeRecord;
import dev.weir.metadata.record.PartitionChangeRecord;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.kafka.common.ElectionType;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.ElectLeadersRequestData;
import org.apache.kafka.common.message.ElectLeadersRequestData.TopicPartitions;
import org.apache.kafka.common.message.ElectLeadersRequestData.TopicPartitionsCollection;
import org.apache.kafka.common.message.ElectLeadersResponseData;
import org.apache.kafka.common.message.ElectLeadersResponseData.PartitionResult;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** "moved" is led by 2 instead of 1; 1 is out of sync with "behind"; nobody leads "gone", whose last replica in sync is fenced. */
class LeaderElectionsTest {
    private static final Uuid MOVED = new Uuid(1, 1);
    private static final Uuid BEHIND = new Uuid(1, 2);
    private static final Uuid GONE = new Uuid(1, 3);
    private static final Uuid WELL = new Uuid(1, 4);
    private static final byte PREFERRED = ElectionType.PREFERRED.value;
    private static final byte UNCLEAN = ElectionType.UNCLEAN.value;

    private final LeaderElections elections = new LeaderElections(new FakeConfigRules());
    private final ClusterImage image = TestCluster.apply(
            TestCluster.withElr(Stream.of(
                            Map.entry("moved", MOVED),
                            Map.entry("behind", BEHIND),
                            Map.entry("gone", GONE),
                            Map.entry("well", WELL))
                    .reduce(
                            TestCluster.ofBrokers(3),
                            (now, topic) -> TestCluster.withTopic(now, topic.getKey(), topic.getValue(), 1, 2, 3),
                            (a, b) -> a)),
            List.of(
                    PartitionChangeRecord.of(MOVED, 0).withLeader(2),
                    PartitionChangeRecord.of(BEHIND, 0).withLeader(2).withIsr(List.of(2, 3)),
                    BrokerRegistrationChangeRecord.fence(3, 30),
                    PartitionChangeRecord.of(GONE, 0)
                            .withLeader(-1)
                            .withIsr(List.of())
                            .withElr(List.of(3))
                            .withLastKnownElr(List.of(3))));

    static Stream<Arguments> elections() {
        return Stream.of(
                Arguments.of(PREFERRED, "moved", 0, Errors.NONE),
                Arguments.of(PREFERRED, "well", 0, Errors.ELECTION_NOT_NEEDED),
                Arguments.of(PREFERRED, "behind", 0, Errors.PREFERRED_LEADER_NOT_AVAILABLE),
                Arguments.of(PREFERRED, "gone", 0, Errors.PREFERRED_LEADER_NOT_AVAILABLE),
                Arguments.of(PREFERRED, "moved", 1, Errors.UNKNOWN_TOPIC_OR_PARTITION),
                Arguments.of(PREFERRED, "none", 0, Errors.UNKNOWN_TOPIC_OR_PARTITION),
                Arguments.of(UNCLEAN, "gone", 0, Errors.NONE),
                Arguments.of(UNCLEAN, "moved", 0, Errors.ELECTION_NOT_NEEDED));
    }

    @ParameterizedTest
    @MethodSource("elections")
    void shouldElectWhereThatIsNeededAndCanBe(byte type, String topic, int partition, Errors error) {
        var result = elections.elect(image, request(type, topic, partition));

        assertThat(results(result)).extracting(PartitionResult::errorCode).containsExactly(error.code());
        assertThat(result.records()).hasSize(error == Errors.NONE ? 1 : 0);
    }

    @Test
    void shouldElectAReplicaThatMayLackRecordsOnlyWhenAsked() {
        assertThat(elections.elect(image, request(UNCLEAN, "gone", 0)).records())
                .containsExactly(PartitionChangeRecord.of(GONE, 0)
                        .withLeader(1)
                        .withIsr(List.of(1))
                        .withElr(List.of())
                        .withLastKnownElr(List.of())
                        .withRecovering(true));
    }

    @Test
    void shouldMeanAllPartitionsWhereNoneIsNamedAndNameThoseThatNeededIt() {
        var result = elections.elect(
                image, new ElectLeadersRequestData().setElectionType(PREFERRED).setTopicPartitions(null));

        assertThat(result.records())
                .containsExactly(PartitionChangeRecord.of(MOVED, 0).withLeader(1));
        assertThat(result.response().replicaElectionResults())
                .filteredOn(topic -> !topic.partitionResult().isEmpty())
                .extracting(ElectLeadersResponseData.ReplicaElectionResult::topic)
                .containsExactly("behind", "gone", "moved");
    }

    @Test
    void shouldElectOnceWhatIsNamedTwice() {
        var result = elections.elect(image, request(PREFERRED, "moved", 0, 0));

        assertThat(results(result))
                .extracting(PartitionResult::errorCode)
                .containsExactly(Errors.NONE.code(), Errors.ELECTION_NOT_NEEDED.code());
        assertThat(result.records()).hasSize(1);
    }

    @Test
    void shouldRefuseAnElectionOfAnUnknownType() {
        var result = elections.elect(image, request((byte) 7, "moved", 0));

        assertThat(result.response().errorCode()).isEqualTo(Errors.INVALID_REQUEST.code());
        assertThat(result.records()).isEmpty();
    }

    @Test
    void shouldLetPreferredLeadersComeBackSomeAtATime() {
        assertThat(elections.preferred(image, 10))
                .containsExactly(PartitionChangeRecord.of(MOVED, 0).withLeader(1));
        assertThat(elections.preferred(image, 0)).isEmpty();
    }

    @Test
    void shouldNotGiveTheLeadToABrokerThatIsLeaving() {
        ClusterImage leaving = image.apply(BrokerRegistrationChangeRecord.controlledShutdown(1, 10));

        assertThat(elections.preferred(leaving, 10)).isEmpty();
    }

    private static List<PartitionResult> results(ControllerResult<ElectLeadersResponseData> result) {
        return result.response().replicaElectionResults().get(0).partitionResult();
    }

    private static ElectLeadersRequestData request(byte type, String topic, Integer... partitions) {
        TopicPartitionsCollection asked = new TopicPartitionsCollection();
        asked.add(new TopicPartitions().setTopic(topic).setPartitions(List.of(partitions)));
        return new ElectLeadersRequestData().setElectionType(type).setTopicPartitions(asked);
    }
}
