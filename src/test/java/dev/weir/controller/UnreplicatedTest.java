package dev.weir.controller;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.metadata.ClusterImage;
import java.util.List;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.AlterPartitionReassignmentsRequestData;
import org.apache.kafka.common.message.AlterPartitionReassignmentsRequestData.ReassignablePartition;
import org.apache.kafka.common.message.AlterPartitionReassignmentsRequestData.ReassignableTopic;
import org.apache.kafka.common.message.AlterPartitionReassignmentsResponseData.ReassignablePartitionResponse;
import org.apache.kafka.common.message.CreatePartitionsRequestData;
import org.apache.kafka.common.message.CreatePartitionsRequestData.CreatePartitionsAssignment;
import org.apache.kafka.common.message.CreatePartitionsRequestData.CreatePartitionsTopic;
import org.apache.kafka.common.message.CreatePartitionsResponseData.CreatePartitionsTopicResult;
import org.apache.kafka.common.message.CreateTopicsRequestData;
import org.apache.kafka.common.message.CreateTopicsRequestData.CreatableReplicaAssignment;
import org.apache.kafka.common.message.CreateTopicsRequestData.CreatableTopic;
import org.apache.kafka.common.message.CreateTopicsResponseData.CreatableTopicResult;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.Test;

/** Three brokers that do not copy records from each other: the default replication factor is 3 all the same. */
class UnreplicatedTest {
    private static final String REASON = "this version does not replicate records between brokers yet";

    private final ClusterImage image = TestCluster.withTopic(TestCluster.ofBrokers(3), "t", new Uuid(1, 1), 2);
    private final ControllerCore core = new ControllerCore(
            new ControllerSettings(1, (short) 3, true, false, List.of()), new FakeConfigRules(), TestCluster.random(0));

    @Test
    void shouldCreateATopicOfOneReplica() {
        assertThat(create(topic(1)).errorCode()).isEqualTo(Errors.NONE.code());
        assertThat(create(assigned(3)).errorCode()).isEqualTo(Errors.NONE.code());
    }

    @Test
    void shouldRefuseATopicOfSeveralReplicasAndSayWhy() {
        for (CreatableTopic topic : List.of(topic(2), topic(3), topic(-1), assigned(1, 2))) {
            CreatableTopicResult result = create(topic);

            assertThat(result.errorCode()).isEqualTo(Errors.INVALID_REPLICATION_FACTOR.code());
            assertThat(result.errorMessage()).contains(REASON, "Use 1.");
        }
    }

    @Test
    void shouldRefuseMoreReplicasForAPartition() {
        ReassignablePartitionResponse result = reassign(2, 3);

        assertThat(result.errorCode()).isEqualTo(Errors.INVALID_REPLICATION_FACTOR.code());
        assertThat(result.errorMessage()).contains(REASON);
    }

    @Test
    void shouldRefuseToMoveAPartitionToAnotherBroker() {
        ReassignablePartitionResponse result = reassign(3);

        assertThat(result.errorCode()).isEqualTo(Errors.INVALID_REPLICA_ASSIGNMENT.code());
        assertThat(result.errorMessage()).contains(REASON, "from [2] to [3]");
    }

    @Test
    void shouldLeaveAPartitionWhereItIs() {
        assertThat(reassign(2).errorCode()).isEqualTo(Errors.NONE.code());
    }

    /** It was made where records are replicated. */
    @Test
    void shouldRefuseMorePartitionsForATopicOfSeveralReplicas() {
        ClusterImage wide = TestCluster.withTopic(image, "wide", new Uuid(1, 2), 1, 2);

        for (List<Integer> assignment : List.of(List.<Integer>of(), List.of(2, 3))) {
            CreatePartitionsTopicResult result = grow(wide, "wide", assignment);

            assertThat(result.errorCode()).isEqualTo(Errors.INVALID_REPLICATION_FACTOR.code());
            assertThat(result.errorMessage()).contains(REASON);
        }
    }

    @Test
    void shouldAddPartitionsOfOneReplicaAndNoOthers() {
        assertThat(grow(image, "t", List.of()).errorCode()).isEqualTo(Errors.NONE.code());
        assertThat(grow(image, "t", List.of(3)).errorCode()).isEqualTo(Errors.NONE.code());
        assertThat(grow(image, "t", List.of(1, 3)).errorCode()).isEqualTo(Errors.INVALID_REPLICA_ASSIGNMENT.code());
    }

    private CreatePartitionsTopicResult grow(ClusterImage from, String name, List<Integer> assignment) {
        CreatePartitionsTopic topic =
                new CreatePartitionsTopic().setName(name).setCount(2).setAssignments(null);
        if (!assignment.isEmpty()) {
            topic.setAssignments(List.of(new CreatePartitionsAssignment().setBrokerIds(assignment)));
        }
        CreatePartitionsRequestData request = new CreatePartitionsRequestData();
        request.topics().add(topic);
        return core.createPartitions(from, request).response().results().get(0);
    }

    private CreatableTopicResult create(CreatableTopic topic) {
        CreateTopicsRequestData request = new CreateTopicsRequestData();
        request.topics().add(topic);
        return core.createTopics(image, request, 3).response().topics().find("new");
    }

    private ReassignablePartitionResponse reassign(Integer... target) {
        var request = new AlterPartitionReassignmentsRequestData()
                .setTopics(List.of(new ReassignableTopic()
                        .setName("t")
                        .setPartitions(List.of(
                                new ReassignablePartition().setPartitionIndex(0).setReplicas(List.of(target))))));
        return core.alterReassignments(image, request)
                .response()
                .responses()
                .get(0)
                .partitions()
                .get(0);
    }

    private static CreatableTopic topic(int replicationFactor) {
        return new CreatableTopic().setName("new").setNumPartitions(1).setReplicationFactor((short) replicationFactor);
    }

    private static CreatableTopic assigned(Integer... replicas) {
        CreatableTopic topic = topic(-1).setNumPartitions(-1);
        topic.assignments()
                .add(new CreatableReplicaAssignment().setPartitionIndex(0).setBrokerIds(List.of(replicas)));
        return topic;
    }
}
