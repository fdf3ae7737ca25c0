package dev.weir.network.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.bus.LocalBus;
import dev.weir.config.BrokerConfig;
import dev.weir.controller.ControllerClient;
import dev.weir.metadata.ClusterImage;
import dev.weir.metadata.DirectoryId;
import dev.weir.metadata.NewestImage;
import dev.weir.metadata.record.PartitionRecord;
import dev.weir.metadata.record.TopicRecord;
import dev.weir.partition.client.PartitionClient;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.errors.InvalidRequestException;
import org.apache.kafka.common.internals.Topic;
import org.apache.kafka.common.message.DeleteRecordsRequestData;
import org.apache.kafka.common.message.DeleteRecordsRequestData.DeleteRecordsPartition;
import org.apache.kafka.common.message.DeleteRecordsRequestData.DeleteRecordsTopic;
import org.apache.kafka.common.message.DescribeTopicPartitionsRequestData;
import org.apache.kafka.common.message.DescribeTopicPartitionsRequestData.Cursor;
import org.apache.kafka.common.message.DescribeTopicPartitionsRequestData.TopicRequest;
import org.apache.kafka.common.message.FindCoordinatorRequestData;
import org.apache.kafka.common.message.ListOffsetsRequestData;
import org.apache.kafka.common.message.ListOffsetsRequestData.ListOffsetsPartition;
import org.apache.kafka.common.message.ListOffsetsRequestData.ListOffsetsTopic;
import org.apache.kafka.common.message.MetadataRequestData;
import org.apache.kafka.common.message.MetadataRequestData.MetadataRequestTopic;
import org.apache.kafka.common.message.ProduceRequestData.PartitionProduceData;
import org.apache.kafka.common.message.ProduceRequestData.TopicProduceData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.requests.FindCoordinatorRequest.CoordinatorType;
import org.apache.kafka.common.requests.FindCoordinatorResponse;
import org.apache.kafka.common.requests.RequestHeader;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Requests that no usual client makes, and what Apache Kafka answers to them. */
class OddRequestsTest {
    private static final Uuid ORDERS = new Uuid(500, 1);

    private final Vertx vertx = Vertx.vertx();
    private final LocalBus bus = new LocalBus(vertx);
    private final BrokerView view = new BrokerView(1, BrokerConfig.defaults(), new NewestImage(image()));
    /** Nobody serves it. */
    private final PartitionClient partitions = new PartitionClient(bus, 1);

    @AfterEach
    void stop() throws Exception {
        await(vertx.close());
    }

    @Test
    void shouldNotDeleteRecordsOfAnInternalTopic() throws Exception {
        DeleteRecordsRequestData request = new DeleteRecordsRequestData()
                .setTopics(List.of(new DeleteRecordsTopic()
                        .setName(Topic.GROUP_METADATA_TOPIC_NAME)
                        .setPartitions(List.of(new DeleteRecordsPartition().setOffset(-1)))));

        var answer = await(
                        new DeleteRecordsHandler(view, partitions).handle(request, context(ApiKeys.DELETE_RECORDS, 2)))
                .topics()
                .find(Topic.GROUP_METADATA_TOPIC_NAME)
                .partitions()
                .find(0);

        assertThat(Errors.forCode(answer.errorCode())).isEqualTo(Errors.INVALID_TOPIC_EXCEPTION);
        assertThat(answer.lowWatermark()).isEqualTo(-1);
    }

    @ParameterizedTest
    @CsvSource({
        "-3, 6, UNSUPPORTED_VERSION", "-3, 7, BROKER_NOT_AVAILABLE",
        "-4, 7, UNSUPPORTED_VERSION", "-4, 8, BROKER_NOT_AVAILABLE",
        "-5, 8, UNSUPPORTED_VERSION", "-5, 9, BROKER_NOT_AVAILABLE",
        "-6, 10, UNSUPPORTED_VERSION", "-6, 11, BROKER_NOT_AVAILABLE",
        "-2, 1, BROKER_NOT_AVAILABLE"
    })
    void shouldKnowAMeaningOfATimestampFromItsVersionOn(long timestamp, int version, Errors expected) throws Exception {
        ListOffsetsRequestData request = new ListOffsetsRequestData()
                .setTopics(List.of(new ListOffsetsTopic()
                        .setName("orders")
                        .setPartitions(List.of(new ListOffsetsPartition().setTimestamp(timestamp)))));

        var answer = await(new ListOffsetsHandler(view, partitions)
                        .handle(request, context(ApiKeys.LIST_OFFSETS, version)))
                .topics()
                .get(0)
                .partitions()
                .get(0);

        assertThat(Errors.forCode(answer.errorCode())).isEqualTo(expected);
        assertThat(answer.offset()).isEqualTo(-1);
    }

    @Test
    void shouldDescribeATopicThatIsNamedTwiceOnce() throws Exception {
        MetadataRequestData request = new MetadataRequestData()
                .setTopics(List.of(
                        new MetadataRequestTopic().setName("orders"),
                        new MetadataRequestTopic().setName("orders"),
                        new MetadataRequestTopic().setName("none"),
                        new MetadataRequestTopic().setName("none")))
                .setAllowAutoTopicCreation(false);

        var topics = await(new MetadataHandler(view, new ControllerClient(bus))
                        .handle(request, context(ApiKeys.METADATA, 9)))
                .topics();

        assertThat(topics).extracting(topic -> topic.name()).containsExactly("orders", "none");
    }

    /** One of the few errors that end the call of every client; others are taken for "ask again". */
    @ParameterizedTest
    @CsvSource({"2", "6"})
    void shouldSayThatThereAreNoTransactionsInAWayThatEndsTheCall(int version) throws Exception {
        FindCoordinatorRequestData request = new FindCoordinatorRequestData()
                .setKeyType(CoordinatorType.TRANSACTION.id())
                .setKey("tx")
                .setCoordinatorKeys(List.of("tx"));

        var found = new FindCoordinatorResponse(await(new FindCoordinatorHandler(view, new ControllerClient(bus))
                        .handle(request, context(ApiKeys.FIND_COORDINATOR, version))))
                .coordinators()
                .get(0);

        assertThat(Errors.forCode(found.errorCode())).isEqualTo(Errors.CLUSTER_AUTHORIZATION_FAILED);
        assertThat(found.errorMessage()).contains("no transactions").contains("transactional.id");
    }

    @ParameterizedTest
    @CsvSource({"a", "payments"})
    void shouldRefuseACursorThatTheListOfTopicsDoesNotHave(String cursor) {
        DescribeTopicPartitionsRequestData request = new DescribeTopicPartitionsRequestData()
                .setTopics(List.of(new TopicRequest().setName("orders")))
                .setCursor(new Cursor().setTopicName(cursor));

        var refused =
                new DescribeTopicPartitionsHandler(view).handle(request, context(ApiKeys.DESCRIBE_TOPIC_PARTITIONS, 0));

        assertThatThrownBy(() -> await(refused))
                .isInstanceOf(ExecutionException.class)
                .hasCauseInstanceOf(InvalidRequestException.class);
    }

    @Test
    void shouldTakeTheLastBatchesOfAPartitionThatIsNamedTwice() {
        // given
        List<TopicProduceData> topics = List.of(
                topic("a", partition(0, 1), partition(1, 2), partition(0, 3)),
                topic("b", partition(0, 4)),
                topic("a", partition(1, 5)));

        // when
        Collection<TopicProduceData> once = ProducedTopics.once(topics);

        // then
        assertThat(once).containsExactly(topic("a", partition(0, 3), partition(1, 5)), topic("b", partition(0, 4)));
    }

    private static TopicProduceData topic(String name, PartitionProduceData... partitions) {
        return new TopicProduceData().setName(name).setPartitionData(List.of(partitions));
    }

    private static PartitionProduceData partition(int index, int bytes) {
        return new PartitionProduceData()
                .setIndex(index)
                .setRecords(MemoryRecords.readableRecords(ByteBuffer.allocate(bytes)));
    }

    private static <T> T await(Future<T> future) throws Exception {
        return future.toCompletionStage().toCompletableFuture().get(20, TimeUnit.SECONDS);
    }

    private static RequestContext context(ApiKeys api, int version) {
        return new RequestContext(
                new RequestHeader(api, (short) version, "test", 5),
                "PLAINTEXT",
                InetAddress.getLoopbackAddress(),
                new NoLink());
    }

    private static ClusterImage image() {
        return ClusterImage.empty("cluster")
                .apply(new TopicRecord(Topic.GROUP_METADATA_TOPIC_NAME, new Uuid(500, 2)))
                .apply(onlyPartition(new Uuid(500, 2)))
                .apply(new TopicRecord("orders", ORDERS))
                .apply(onlyPartition(ORDERS));
    }

    private static PartitionRecord onlyPartition(Uuid topic) {
        return new PartitionRecord(
                topic, 0, List.of(1), List.of(1), List.of(), List.of(), 1, 0, 0, List.of(DirectoryId.LOST), false);
    }
}
