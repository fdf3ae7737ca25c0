package dev.weir.partition;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.partition.client.PartitionKey;
import dev.weir.partition.client.ShardStats;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.AlterPartitionRequestData;
import org.apache.kafka.common.message.AlterPartitionRequestData.BrokerState;
import org.apache.kafka.common.message.AlterPartitionResponseData;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class IsrProposalsTest {
    private static final Uuid TOPIC = new Uuid(3, 1);
    private static final Set<Integer> REPLICAS = Set.of(1, 2, 3);

    private final FixedRules rules = new FixedRules(1);
    private final IsrCounts counts = new IsrCounts();
    private final Map<PartitionKey, ReplicationState> states = new HashMap<>();
    private final IsrProposals proposals = new IsrProposals(1, rules, counts, states::get);

    @Test
    void shouldAskWithTheEpochsOfThePartitionAndOfEachMember() {
        caughtUp(0, 2);

        AlterPartitionRequestData request = proposals.next().orElseThrow();

        assertThat(List.of(request.brokerId(), (int) request.brokerEpoch())).containsExactly(1, 41);
        AlterPartitionRequestData.PartitionData asked =
                request.topics().get(0).partitions().get(0);
        assertThat(asked.leaderEpoch()).isEqualTo(4);
        assertThat(asked.partitionEpoch()).isEqualTo(7);
        assertThat(asked.newIsrWithEpochs())
                .containsExactly(
                        new BrokerState().setBrokerId(1).setBrokerEpoch(41),
                        new BrokerState().setBrokerId(2).setBrokerEpoch(42));
    }

    @Test
    void shouldHaveOneRequestUnderWayAndPutTogetherWhatComesMeanwhile() {
        caughtUp(0, 2);
        AlterPartitionRequestData first = proposals.next().orElseThrow();
        caughtUp(1, 2);
        caughtUp(2, 3);

        assertThat(proposals.next()).isEmpty();
        proposals.answered(taken(first, 8), 0);
        AlterPartitionRequestData second = proposals.next().orElseThrow();

        assertThat(partitions(second)).containsExactly(1, 2);
        assertThat(states.get(key(0)).isr()).containsExactlyInAnyOrder(1, 2);
    }

    @ParameterizedTest
    @EnumSource(
            names = {
                "INELIGIBLE_REPLICA",
                "OPERATION_NOT_ATTEMPTED",
                "INVALID_UPDATE_VERSION",
                "FENCED_LEADER_EPOCH",
                "NOT_CONTROLLER",
                "NEW_LEADER_ELECTED",
                "INVALID_REQUEST",
                "UNKNOWN_TOPIC_ID",
                "UNKNOWN_SERVER_ERROR"
            })
    void shouldAskAgainUntilItKnowsWhatHasBecomeOfAProposal(Errors error) {
        ReplicationState state = caughtUp(0, 2);
        AlterPartitionRequestData first = proposals.next().orElseThrow();

        Set<PartitionKey> changed = proposals.answered(refused(first, error), 0);

        assertThat(changed).isEmpty();
        assertThat(state.maximalIsr()).containsExactlyInAnyOrder(1, 2);
        assertThat(proposals.next()).isEmpty();
        proposals.again();
        assertThat(proposals.next()).contains(first);
        assertThat(counts.stats()).isEqualTo(new ShardStats.IsrChanges(0, 0, 1));
    }

    @ParameterizedTest
    @EnumSource(names = {"STALE_BROKER_EPOCH", "REQUEST_TIMED_OUT"})
    void shouldAskAgainAfterAnAnswerThatSaysNothingOfAnyPartition(Errors error) {
        caughtUp(0, 2);
        AlterPartitionRequestData first = proposals.next().orElseThrow();
        if (error == Errors.STALE_BROKER_EPOCH) {
            proposals.answered(new AlterPartitionResponseData().setErrorCode(error.code()), 0);
        } else {
            proposals.failed(error);
        }

        proposals.again();

        assertThat(proposals.next()).contains(first);
    }

    @Test
    void shouldAskAgainForAPartitionThatTheAnswerLeavesOut() {
        caughtUp(0, 2);
        AlterPartitionRequestData first = proposals.next().orElseThrow();

        proposals.answered(new AlterPartitionResponseData(), 0);
        proposals.again();

        assertThat(proposals.next()).contains(first);
    }

    @Test
    void shouldDropWhatTheMetadataHasOvertakenBeforeItWasSentAndAfter() {
        ReplicationState state = caughtUp(0, 2);
        ReplicationState other = caughtUp(1, 2);
        proposals.next();
        ReplicationState unsent = caughtUp(2, 2);
        List.of(state, other, unsent).forEach(one -> one.update(role(8, Set.of(1, 3)), 0));

        proposals.failed(Errors.REQUEST_TIMED_OUT);
        proposals.again();

        assertThat(proposals.next()).isEmpty();
        assertThat(proposals.isQuiet()).isTrue();
    }

    @Test
    void shouldNotAskBeforeThisBrokerIsRegistered() {
        rules.active.put(1, ReplicaRules.NO_BROKER_EPOCH);
        caughtUp(0, 2);

        assertThat(proposals.next()).isEmpty();
        rules.active.put(1, 77L);

        assertThat(proposals.next().orElseThrow().brokerEpoch()).isEqualTo(77);
    }

    /** The controller may have taken the proposal before the log was opened again, and elect the new member. */
    @Test
    void shouldGoOnAskingForWhatALogHasInherited() {
        ReplicationState before = caughtUp(0, 2);
        AlterPartitionRequestData first = proposals.next().orElseThrow();
        ReplicationState after = new ReplicationState(1, 0, rules, counts);
        after.inherit(before.legacy());
        after.update(role(7, Set.of(1)), 0);
        states.put(key(0), after);

        assertThat(after.advance(50, 1)).isFalse();
        proposals.look(key(0), after);
        assertThat(proposals.next()).isEmpty();
        proposals.failed(Errors.REQUEST_TIMED_OUT);
        proposals.again();

        assertThat(proposals.next()).contains(first);
    }

    private ReplicationState caughtUp(int partition, int follower) {
        ReplicationState state = new ReplicationState(1, 0, rules, counts);
        states.put(key(partition), state);
        state.update(role(7, Set.of(1)), 0);
        state.beginEpochAt(0);
        state.followerAt(new FollowerFetch(follower, 40 + follower, 10, 0, 0), 10);
        proposals.look(key(partition), state);
        return state;
    }

    private static PartitionRole role(int partitionEpoch, Set<Integer> isr) {
        return new PartitionRole(1, 4, partitionEpoch, isr, REPLICAS, Set.of());
    }

    private static PartitionKey key(int partition) {
        return new PartitionKey(TOPIC, partition);
    }

    private static List<Integer> partitions(AlterPartitionRequestData request) {
        List<Integer> partitions = new ArrayList<>();
        request.topics().forEach(topic -> topic.partitions().forEach(p -> partitions.add(p.partitionIndex())));
        return partitions;
    }

    private static AlterPartitionResponseData taken(AlterPartitionRequestData request, int partitionEpoch) {
        AlterPartitionResponseData response = new AlterPartitionResponseData();
        request.topics().forEach(topic -> response.topics()
                .add(new AlterPartitionResponseData.TopicData()
                        .setTopicId(topic.topicId())
                        .setPartitions(topic.partitions().stream()
                                .map(asked -> new AlterPartitionResponseData.PartitionData()
                                        .setPartitionIndex(asked.partitionIndex())
                                        .setLeaderId(1)
                                        .setLeaderEpoch(asked.leaderEpoch())
                                        .setPartitionEpoch(partitionEpoch)
                                        .setIsr(asked.newIsrWithEpochs().stream()
                                                .map(BrokerState::brokerId)
                                                .toList()))
                                .toList())));
        return response;
    }

    private static AlterPartitionResponseData refused(AlterPartitionRequestData request, Errors error) {
        AlterPartitionResponseData response = taken(request, 0);
        response.topics()
                .forEach(topic -> topic.partitions().forEach(partition -> partition.setErrorCode(error.code())));
        return response;
    }
}
