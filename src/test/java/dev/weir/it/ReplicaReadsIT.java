package dev.weir.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.CreateTopicsRequestData;
import org.apache.kafka.common.message.CreateTopicsRequestData.CreatableTopic;
import org.apache.kafka.common.message.CreateTopicsRequestData.CreatableTopicCollection;
import org.apache.kafka.common.message.CreateTopicsResponseData;
import org.apache.kafka.common.message.FetchRequestData;
import org.apache.kafka.common.message.FetchRequestData.FetchPartition;
import org.apache.kafka.common.message.FetchRequestData.FetchTopic;
import org.apache.kafka.common.message.FetchRequestData.ReplicaState;
import org.apache.kafka.common.message.FetchResponseData;
import org.apache.kafka.common.message.ListOffsetsRequestData;
import org.apache.kafka.common.message.ListOffsetsRequestData.ListOffsetsPartition;
import org.apache.kafka.common.message.ListOffsetsRequestData.ListOffsetsTopic;
import org.apache.kafka.common.message.ListOffsetsResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.ListOffsetsRequest;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Clients that give themselves out as replicas. */
class ReplicaReadsIT {
    private static final String TOPIC = "orders";

    @SuppressWarnings("NullAway.Init")
    private BrokerProcess broker;

    @SuppressWarnings("NullAway.Init")
    private RawClient client;

    private Uuid topicId = Uuid.ZERO_UUID;

    @BeforeEach
    void start(@TempDir Path folder) {
        broker = BrokerProcess.start(folder);
        client = new RawClient(broker.kafkaPort());
        CreatableTopicCollection topics = new CreatableTopicCollection();
        topics.add(new CreatableTopic().setName(TOPIC).setNumPartitions(1).setReplicationFactor((short) 1));
        CreateTopicsResponseData created = (CreateTopicsResponseData) client.call(
                        ApiKeys.CREATE_TOPICS,
                        (short) 7,
                        new CreateTopicsRequestData().setTopics(topics).setTimeoutMs(20_000))
                .data();
        topicId = created.topics().find(TOPIC).topicId();
    }

    @AfterEach
    void stop() {
        client.close();
        broker.close();
    }

    @ParameterizedTest
    @CsvSource({
        "-1, -1, NONE",
        "-2, -1, NONE",
        "5, -1, NOT_LEADER_OR_FOLLOWER",
        "5, 0, UNKNOWN_LEADER_EPOCH",
        "1, -1, NOT_LEADER_OR_FOLLOWER"
    })
    void shouldServeAFetchToConsumersAndRefuseWhoIsNoReplica(int replicaId, int leaderEpoch, Errors error) {
        // when
        FetchResponseData old = fetch((short) 12, byName(leaderEpoch).setReplicaId(replicaId));
        FetchResponseData current = fetch(
                (short) 17,
                byId(leaderEpoch)
                        .setReplicaState(
                                new ReplicaState().setReplicaId(replicaId).setReplicaEpoch(7)));

        // then
        assertThat(List.of(errorOf(old), errorOf(current))).containsOnly(error);
    }

    @Test
    void shouldTellTheLogEndToNobodyWhoIsNoReplica() {
        // when
        ListOffsetsResponseData answer = (ListOffsetsResponseData) client.call(
                        ApiKeys.LIST_OFFSETS,
                        (short) 8,
                        new ListOffsetsRequestData()
                                .setReplicaId(5)
                                .setTopics(List.of(new ListOffsetsTopic()
                                        .setName(TOPIC)
                                        .setPartitions(List.of(new ListOffsetsPartition()
                                                .setPartitionIndex(0)
                                                .setTimestamp(ListOffsetsRequest.LATEST_TIMESTAMP))))))
                .data();

        // then
        assertThat(Errors.forCode(answer.topics().get(0).partitions().get(0).errorCode()))
                .isEqualTo(Errors.NOT_LEADER_OR_FOLLOWER);
    }

    private FetchResponseData fetch(short version, FetchRequestData request) {
        return (FetchResponseData) client.call(ApiKeys.FETCH, version, request).data();
    }

    private static Errors errorOf(FetchResponseData answer) {
        return Errors.forCode(answer.responses().get(0).partitions().get(0).errorCode());
    }

    private static FetchRequestData byName(int leaderEpoch) {
        return request(new FetchTopic().setTopic(TOPIC), leaderEpoch);
    }

    private FetchRequestData byId(int leaderEpoch) {
        return request(new FetchTopic().setTopicId(topicId), leaderEpoch);
    }

    private static FetchRequestData request(FetchTopic topic, int leaderEpoch) {
        return new FetchRequestData()
                .setMaxBytes(1 << 20)
                .setSessionId(0)
                .setSessionEpoch(-1)
                .setTopics(List.of(topic.setPartitions(List.of(new FetchPartition()
                        .setPartition(0)
                        .setPartitionMaxBytes(1 << 20)
                        .setCurrentLeaderEpoch(leaderEpoch)))));
    }
}
