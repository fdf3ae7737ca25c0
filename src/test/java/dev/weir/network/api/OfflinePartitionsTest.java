package dev.weir.network.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.bus.LocalBus;
import dev.weir.config.BrokerConfig;
import dev.weir.controller.ControllerClient;
import dev.weir.group.GroupClient;
import dev.weir.metadata.ClusterImage;
import dev.weir.metadata.DirectoryId;
import dev.weir.metadata.NewestImage;
import dev.weir.metadata.record.Endpoint;
import dev.weir.metadata.record.PartitionRecord;
import dev.weir.metadata.record.RegisterBrokerRecord;
import dev.weir.metadata.record.TopicRecord;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.net.InetAddress;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.internals.Topic;
import org.apache.kafka.common.message.DescribeTopicPartitionsRequestData;
import org.apache.kafka.common.message.DescribeTopicPartitionsRequestData.TopicRequest;
import org.apache.kafka.common.message.DescribeTopicPartitionsResponseData.DescribeTopicPartitionsResponsePartition;
import org.apache.kafka.common.message.FindCoordinatorRequestData;
import org.apache.kafka.common.message.FindCoordinatorResponseData.Coordinator;
import org.apache.kafka.common.message.MetadataRequestData;
import org.apache.kafka.common.message.MetadataRequestData.MetadataRequestTopic;
import org.apache.kafka.common.message.MetadataResponseData.MetadataResponsePartition;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.RequestHeader;
import org.apache.kafka.common.security.auth.SecurityProtocol;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What clients are told of partitions whose only replica cannot be used: what Apache Kafka tells them. */
class OfflinePartitionsTest {
    private static final Uuid HERE = new Uuid(500, 1);
    private static final Uuid GONE = new Uuid(500, 2);
    private static final int EPOCH = 3;

    private final Vertx vertx = Vertx.vertx();
    private final BrokerView view = new BrokerView(1, BrokerConfig.defaults(), new NewestImage(image()));
    private final ControllerClient controller = new ControllerClient(new LocalBus(vertx));

    @AfterEach
    void stop() throws Exception {
        await(vertx.close());
    }

    @ParameterizedTest
    @CsvSource({"0, 1, NONE, false", "1, -1, LEADER_NOT_AVAILABLE, true", "2, -1, LEADER_NOT_AVAILABLE, true"})
    void shouldTellInMetadata(int index, int leader, Errors error, boolean offline) throws Exception {
        MetadataRequestData request = new MetadataRequestData();
        request.topics().add(new MetadataRequestTopic().setName(Topic.GROUP_METADATA_TOPIC_NAME));

        MetadataResponsePartition partition = await(
                        new MetadataHandler(view, controller).handle(request, context(ApiKeys.METADATA)))
                .topics()
                .find(Topic.GROUP_METADATA_TOPIC_NAME)
                .partitions()
                .get(index);

        assertThat(partition)
                .isEqualTo(new MetadataResponsePartition()
                        .setErrorCode(error.code())
                        .setPartitionIndex(index)
                        .setLeaderId(leader)
                        .setLeaderEpoch(EPOCH)
                        .setReplicaNodes(List.of(1))
                        .setIsrNodes(List.of(1))
                        .setOfflineReplicas(offline ? List.of(1) : List.of()));
    }

    @ParameterizedTest
    @CsvSource({"0, 1, false", "1, -1, true", "2, -1, true"})
    void shouldTellInTheDescriptionOfTopics(int index, int leader, boolean offline) throws Exception {
        DescribeTopicPartitionsRequestData request = new DescribeTopicPartitionsRequestData()
                .setTopics(List.of(new TopicRequest().setName(Topic.GROUP_METADATA_TOPIC_NAME)));

        DescribeTopicPartitionsResponsePartition partition = await(new DescribeTopicPartitionsHandler(view)
                        .handle(request, context(ApiKeys.DESCRIBE_TOPIC_PARTITIONS)))
                .topics()
                .find(Topic.GROUP_METADATA_TOPIC_NAME)
                .partitions()
                .get(index);

        assertThat(partition)
                .isEqualTo(new DescribeTopicPartitionsResponsePartition()
                        .setPartitionIndex(index)
                        .setLeaderId(leader)
                        .setLeaderEpoch(EPOCH)
                        .setReplicaNodes(List.of(1))
                        .setIsrNodes(List.of(1))
                        .setEligibleLeaderReplicas(List.of())
                        .setLastKnownElr(List.of())
                        .setOfflineReplicas(offline ? List.of(1) : List.of()));
    }

    @ParameterizedTest
    @CsvSource({"0, NONE, 1", "1, COORDINATOR_NOT_AVAILABLE, -1", "2, COORDINATOR_NOT_AVAILABLE, -1"})
    void shouldFindNoCoordinatorOfAGroupThatIsKeptThere(int partition, Errors error, int node) throws Exception {
        String group = groupIn(partition);

        Coordinator coordinator = await(new FindCoordinatorHandler(view, controller)
                        .handle(
                                new FindCoordinatorRequestData().setCoordinatorKeys(List.of(group)),
                                context(ApiKeys.FIND_COORDINATOR)))
                .coordinators()
                .get(0);

        assertThat(Errors.forCode(coordinator.errorCode())).isEqualTo(error);
        assertThat(coordinator.nodeId()).isEqualTo(node);
    }

    private static String groupIn(int partition) {
        int number = 0;
        while (GroupClient.partitionOf("group" + number, 3) != partition) {
            number++;
        }
        return "group" + number;
    }

    private static <T> T await(Future<T> future) throws Exception {
        return future.toCompletionStage().toCompletableFuture().get(20, TimeUnit.SECONDS);
    }

    private static RequestContext context(ApiKeys api) {
        return new RequestContext(
                new RequestHeader(api, api.latestVersion(), "test", 5),
                "PLAINTEXT",
                InetAddress.getLoopbackAddress(),
                new NoLink());
    }

    private static ClusterImage image() {
        return ClusterImage.empty("cluster")
                .apply(new RegisterBrokerRecord(
                        1,
                        new Uuid(7, 1),
                        10,
                        List.of(new Endpoint("PLAINTEXT", "localhost", 9092, SecurityProtocol.PLAINTEXT)),
                        List.of(),
                        null,
                        false,
                        false,
                        List.of(HERE)))
                .apply(new TopicRecord(Topic.GROUP_METADATA_TOPIC_NAME, new Uuid(3, 1)))
                .apply(partition(0, 1, HERE))
                .apply(partition(1, -1, GONE))
                .apply(partition(2, -1, DirectoryId.LOST));
    }

    private static PartitionRecord partition(int index, int leader, Uuid directory) {
        return new PartitionRecord(
                new Uuid(3, 1),
                index,
                List.of(1),
                List.of(1),
                List.of(),
                List.of(),
                leader,
                EPOCH,
                EPOCH,
                List.of(directory),
                false);
    }
}
