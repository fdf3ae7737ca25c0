package dev.weir.controller;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.metadata.ClusterImage;
import dev.weir.metadata.PartitionImage;
import dev.weir.metadata.record.BrokerRegistrationChangeRecord;
import dev.weir.metadata.record.MetadataRecord;
import dev.weir.metadata.record.PartitionChangeRecord;
import dev.weir.metadata.record.TopicRecord;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.CreateTopicsRequestData;
import org.apache.kafka.common.message.CreateTopicsRequestData.CreatableTopic;
import org.apache.kafka.common.message.CreateTopicsResponseData.CreatableTopicResult;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.Test;

class InternalReplicasTest {
    private static final String OFFSETS = "__consumer_offsets";
    private static final Uuid ID = new Uuid(1, 1);

    private final ControllerSettings settings = new ControllerSettings(1, (short) 1, true, List.of());
    private final InternalReplicas replicas = new InternalReplicas(new FakeConfigRules());

    @Test
    void shouldHaveAsManyReplicasAsVotersButThreeAtMost() {
        assertThat(List.of(replicas.of(OFFSETS, 1), replicas.of(OFFSETS, 2), replicas.of(OFFSETS, 5)))
                .containsExactly(1, 2, 3);
    }

    /** Else the first consumer of a cluster that is being started would fix one replica for ever. */
    @Test
    void shouldWaitForTheBrokersBeforeItIsCreated() {
        ClusterImage starting = TestCluster.ofBrokers(3).apply(BrokerRegistrationChangeRecord.fence(3, 30));

        CreatableTopicResult early = create(starting);
        CreatableTopicResult then = create(TestCluster.ofBrokers(3));

        assertThat(early.errorCode()).isEqualTo(Errors.INVALID_REPLICATION_FACTOR.code());
        assertThat(early.errorMessage()).contains("3 replicas").contains("2 are");
        assertThat(then.errorCode()).isEqualTo(Errors.NONE.code());
        assertThat(then.replicationFactor()).isEqualTo((short) 3);
    }

    @Test
    void shouldGetMoreReplicasSomePartitionsAtATime() {
        ClusterImage image = madeByOne(25);

        List<MetadataRecord> first = replicas.heal(image, 3);
        ClusterImage under = TestCluster.apply(image, first);

        assertThat(first).hasSize(InternalReplicas.MOST_AT_ONCE);
        assertThat(replicas.heal(under, 3)).as("while they are copied").isEmpty();
        assertThat(replicas.heal(ended(under), 3)).hasSize(InternalReplicas.MOST_AT_ONCE);
    }

    /** Else ten that wait for a broker that does not come back would hold up all others for ever. */
    @Test
    void shouldNotWaitForReplicasOnBrokersThatAreNotThere() {
        ClusterImage image = madeByOne(25);
        ClusterImage under = TestCluster.apply(image, replicas.heal(image, 3))
                .apply(TestCluster.broker(4, null, false))
                .apply(BrokerRegistrationChangeRecord.fence(3, 30));

        assertThat(replicas.heal(under, 3)).hasSize(InternalReplicas.MOST_AT_ONCE);
    }

    @Test
    void shouldSpreadTheLeadOverTheBrokers() {
        ClusterImage image = madeByOne(9);

        ClusterImage healed = ended(TestCluster.apply(image, replicas.heal(image, 3)));

        Map<Integer, Integer> leads = new HashMap<>();
        for (PartitionImage partition :
                healed.topic(ID).orElseThrow().partitions().values()) {
            assertThat(partition.replicas()).containsExactlyInAnyOrder(1, 2, 3);
            leads.merge(partition.preferredLeader(), 1, Integer::sum);
        }
        assertThat(leads).isEqualTo(Map.of(1, 3, 2, 3, 3, 3));
        assertThat(replicas.heal(healed, 3)).isEmpty();
    }

    @Test
    void shouldTakeAnotherRackFirst() {
        ClusterImage image = ClusterImage.empty(TestCluster.CLUSTER_ID);
        for (int id = 1; id <= 4; id++) {
            image = image.apply(TestCluster.broker(id, id < 4 ? "a" : "b", false));
        }
        image = TestCluster.withTopic(image, OFFSETS, ID, 1);

        assertThat(replicas.heal(image, 2))
                .singleElement()
                .isInstanceOfSatisfying(PartitionChangeRecord.class, change -> assertThat(change.adding())
                        .contains(List.of(4)));
    }

    @Test
    void shouldLeaveOtherTopicsAndWhatCannotBeHelpedAlone() {
        ClusterImage plain = TestCluster.withTopic(TestCluster.ofBrokers(3), "plain", ID, 1);
        ClusterImage few = TestCluster.withTopic(TestCluster.ofBrokers(2), OFFSETS, ID, 1);
        ClusterImage offline =
                madeByOne(1).apply(PartitionChangeRecord.of(ID, 0).withLeader(-1));

        assertThat(replicas.heal(plain, 3)).isEmpty();
        assertThat(replicas.heal(few, 3)).isEmpty();
        assertThat(replicas.heal(offline, 3)).isEmpty();
    }

    private static ClusterImage madeByOne(int partitions) {
        ClusterImage image = TestCluster.ofBrokers(3).apply(new TopicRecord(OFFSETS, ID));
        for (int i = 0; i < partitions; i++) {
            image = image.apply(TestCluster.partition(ID, i, 1));
        }
        return image;
    }

    /** All that is being added is in sync. */
    private static ClusterImage ended(ClusterImage image) {
        ClusterImage now = image;
        for (var entry : image.topic(ID).orElseThrow().partitions().entrySet()) {
            now = TestCluster.apply(
                    now,
                    PartitionChange.of(now, ID, entry.getKey(), entry.getValue(), new TopicRules(true, 2, false))
                            .isr(entry.getValue().replicas())
                            .record()
                            .stream()
                            .map(MetadataRecord.class::cast)
                            .toList());
        }
        return now;
    }

    private CreatableTopicResult create(ClusterImage image) {
        CreateTopicsRequestData request = new CreateTopicsRequestData();
        request.topics()
                .add(new CreatableTopic().setName(OFFSETS).setNumPartitions(1).setReplicationFactor((short) -1));
        return new TopicCreation(settings, new FakeConfigRules())
                .create(image, request, TestCluster.random(0), 3)
                .response()
                .topics()
                .find(OFFSETS);
    }
}
