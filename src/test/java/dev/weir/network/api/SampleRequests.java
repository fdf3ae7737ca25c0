package dev.weir.network.api;

import dev.weir.peer.wire.Envelopes;
import dev.weir.protocol.FileBytes;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.internals.Topic;
import org.apache.kafka.common.message.AlterReplicaLogDirsRequestData;
import org.apache.kafka.common.message.AlterReplicaLogDirsRequestData.AlterReplicaLogDir;
import org.apache.kafka.common.message.AlterReplicaLogDirsRequestData.AlterReplicaLogDirTopic;
import org.apache.kafka.common.message.ApiVersionsRequestData;
import org.apache.kafka.common.message.CreateTopicsRequestData;
import org.apache.kafka.common.message.DeleteRecordsRequestData;
import org.apache.kafka.common.message.DeleteRecordsRequestData.DeleteRecordsPartition;
import org.apache.kafka.common.message.DeleteRecordsRequestData.DeleteRecordsTopic;
import org.apache.kafka.common.message.DescribeClusterRequestData;
import org.apache.kafka.common.message.DescribeConfigsRequestData;
import org.apache.kafka.common.message.DescribeConfigsRequestData.DescribeConfigsResource;
import org.apache.kafka.common.message.DescribeLogDirsRequestData;
import org.apache.kafka.common.message.DescribeProducersRequestData;
import org.apache.kafka.common.message.DescribeQuorumRequestData;
import org.apache.kafka.common.message.DescribeTopicPartitionsRequestData;
import org.apache.kafka.common.message.DescribeTopicPartitionsRequestData.Cursor;
import org.apache.kafka.common.message.EnvelopeRequestData;
import org.apache.kafka.common.message.FetchRequestData;
import org.apache.kafka.common.message.FetchRequestData.FetchPartition;
import org.apache.kafka.common.message.FetchRequestData.FetchTopic;
import org.apache.kafka.common.message.FetchResponseData;
import org.apache.kafka.common.message.FindCoordinatorRequestData;
import org.apache.kafka.common.message.IncrementalAlterConfigsRequestData;
import org.apache.kafka.common.message.InitProducerIdRequestData;
import org.apache.kafka.common.message.ListOffsetsRequestData;
import org.apache.kafka.common.message.ListOffsetsRequestData.ListOffsetsPartition;
import org.apache.kafka.common.message.ListOffsetsRequestData.ListOffsetsTopic;
import org.apache.kafka.common.message.MetadataRequestData;
import org.apache.kafka.common.message.MetadataRequestData.MetadataRequestTopic;
import org.apache.kafka.common.message.OffsetForLeaderEpochRequestData;
import org.apache.kafka.common.message.OffsetForLeaderEpochRequestData.OffsetForLeaderPartition;
import org.apache.kafka.common.message.OffsetForLeaderEpochRequestData.OffsetForLeaderTopic;
import org.apache.kafka.common.message.OffsetForLeaderEpochRequestData.OffsetForLeaderTopicCollection;
import org.apache.kafka.common.message.ProduceRequestData;
import org.apache.kafka.common.message.ProduceRequestData.PartitionProduceData;
import org.apache.kafka.common.message.ProduceRequestData.TopicProduceData;
import org.apache.kafka.common.message.ProduceRequestData.TopicProduceDataCollection;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.SimpleRecord;

/** Requests that bring out the good answer and each kind of bad one, for every API that is served. */
final class SampleRequests {
    private static final Uuid UNKNOWN = new Uuid(9, 9);

    private SampleRequests() {}

    static List<ApiMessage> of(ApiKeys api, short version) {
        return switch (api) {
            case API_VERSIONS ->
                List.of(
                        new ApiVersionsRequestData()
                                .setClientSoftwareName("weir")
                                .setClientSoftwareVersion("1"),
                        new ApiVersionsRequestData().setClientSoftwareName("!"),
                        new ApiVersionsRequestData()
                                .setClientSoftwareName("weir")
                                .setClientSoftwareVersion("1")
                                .setClusterId("another"));
            case METADATA -> metadata(version);
            case PRODUCE -> List.of(produce(version, 1), produce(version, -1), produce(version, 7));
            case FETCH -> List.of(fetch(version, false), fetch(version, true));
            case LIST_OFFSETS ->
                List.of(listOffsets(-1), listOffsets(-2), listOffsets(-3), listOffsets(5), listOffsets(-99));
            case OFFSET_FOR_LEADER_EPOCH -> List.of(epochs());
            case DELETE_RECORDS -> List.of(deleteRecords());
            case ALTER_REPLICA_LOG_DIRS -> List.of(alterLogDirs("/logs"), alterLogDirs("/nowhere"));
            case DESCRIBE_CLUSTER -> describeCluster(version);
            case DESCRIBE_CONFIGS -> List.of(describeConfigs());
            case DESCRIBE_LOG_DIRS ->
                List.of(new DescribeLogDirsRequestData().setTopics(null), new DescribeLogDirsRequestData());
            case DESCRIBE_PRODUCERS -> List.of(describeProducers());
            case DESCRIBE_TOPIC_PARTITIONS ->
                List.of(
                        describeTopics(),
                        describeTopics()
                                .setCursor(new Cursor().setTopicName("orders").setPartitionIndex(Integer.MAX_VALUE)));
            case FIND_COORDINATOR ->
                List.of(
                        version < 4
                                ? new FindCoordinatorRequestData().setKey("g")
                                : new FindCoordinatorRequestData().setCoordinatorKeys(List.of("g", "h")));
            case INIT_PRODUCER_ID ->
                List.of(
                        new InitProducerIdRequestData().setTransactionalId(null),
                        new InitProducerIdRequestData().setTransactionalId("tx"));
            case INCREMENTAL_ALTER_CONFIGS -> List.of(loggers(), api.messageType.newRequest());
            case LIST_CONFIG_RESOURCES,
                    ALTER_PARTITION_REASSIGNMENTS,
                    LIST_PARTITION_REASSIGNMENTS,
                    CREATE_TOPICS,
                    DELETE_TOPICS,
                    CREATE_PARTITIONS,
                    ALTER_CONFIGS,
                    JOIN_GROUP,
                    SYNC_GROUP,
                    HEARTBEAT,
                    LEAVE_GROUP,
                    OFFSET_COMMIT,
                    OFFSET_FETCH,
                    OFFSET_DELETE,
                    LIST_GROUPS,
                    DESCRIBE_GROUPS,
                    DELETE_GROUPS,
                    UPDATE_FEATURES,
                    CONSUMER_GROUP_HEARTBEAT,
                    CONSUMER_GROUP_DESCRIBE -> List.of(api.messageType.newRequest());
            case DESCRIBE_QUORUM -> List.of(new DescribeQuorumRequestData(), describeQuorum());
            case ENVELOPE ->
                List.of(new EnvelopeRequestData(), envelope(), envelope().setRequestPrincipal(null));
            case VOTE,
                    BEGIN_QUORUM_EPOCH,
                    END_QUORUM_EPOCH,
                    FETCH_SNAPSHOT,
                    UPDATE_RAFT_VOTER,
                    ADD_RAFT_VOTER,
                    REMOVE_RAFT_VOTER,
                    BROKER_REGISTRATION,
                    BROKER_HEARTBEAT,
                    UNREGISTER_BROKER,
                    ELECT_LEADERS,
                    ASSIGN_REPLICAS_TO_DIRS,
                    ALTER_PARTITION,
                    ALLOCATE_PRODUCER_IDS -> List.of(api.messageType.newRequest());
            default -> List.of();
        };
    }

    private static AlterReplicaLogDirsRequestData alterLogDirs(String path) {
        AlterReplicaLogDir directory = new AlterReplicaLogDir().setPath(path);
        for (String topic : List.of("orders", "unknown")) {
            directory.topics().add(new AlterReplicaLogDirTopic().setName(topic).setPartitions(List.of(0, 99)));
        }
        AlterReplicaLogDirsRequestData request = new AlterReplicaLogDirsRequestData();
        request.dirs().add(directory);
        return request;
    }

    private static DescribeQuorumRequestData describeQuorum() {
        return new DescribeQuorumRequestData()
                .setTopics(List.of(new DescribeQuorumRequestData.TopicData()
                        .setTopicName(Topic.CLUSTER_METADATA_TOPIC_NAME)
                        .setPartitions(List.of(new DescribeQuorumRequestData.PartitionData()))));
    }

    private static EnvelopeRequestData envelope() {
        return Envelopes.wrap(
                ApiKeys.CREATE_TOPICS,
                ApiKeys.CREATE_TOPICS.latestVersion(),
                "test",
                new CreateTopicsRequestData(),
                InetAddress.getLoopbackAddress());
    }

    /** Gives the files of an answer back. */
    static void release(ApiMessage answer) {
        if (answer instanceof FetchResponseData fetch) {
            fetch.responses().forEach(topic -> topic.partitions().forEach(partition -> {
                if (partition.records() instanceof FileBytes bytes) {
                    bytes.release();
                }
            }));
        }
    }

    private static List<ApiMessage> metadata(short version) {
        MetadataRequestData named = new MetadataRequestData()
                .setAllowAutoTopicCreation(true)
                .setIncludeTopicAuthorizedOperations(version >= 8)
                .setIncludeClusterAuthorizedOperations(version >= 8 && version <= 10)
                .setTopics(List.of(topic("orders"), topic("unknown"), topic("not valid!")));
        MetadataRequestData all =
                new MetadataRequestData().setAllowAutoTopicCreation(true).setTopics(version == 0 ? List.of() : null);
        if (version < 10) {
            return List.of(all, named);
        }
        MetadataRequestData byId = new MetadataRequestData()
                .setTopics(List.of(
                        topic(version < 12 ? "" : null).setTopicId(EveryVersionTest.TOPIC),
                        topic(version < 12 ? "" : null).setTopicId(UNKNOWN)));
        return List.of(all, named, byId);
    }

    private static MetadataRequestTopic topic(@org.jspecify.annotations.Nullable String name) {
        return new MetadataRequestTopic().setName(name);
    }

    private static ApiMessage produce(short version, int acks) {
        TopicProduceDataCollection topics = new TopicProduceDataCollection();
        boolean byId = version >= 13;
        topics.add(new TopicProduceData()
                .setName(byId ? "" : "orders")
                .setTopicId(byId ? EveryVersionTest.TOPIC : Uuid.ZERO_UUID)
                .setPartitionData(List.of(
                        data(0),
                        data(1),
                        data(2),
                        data(9),
                        new PartitionProduceData()
                                .setIndex(1)
                                .setRecords(MemoryRecords.readableRecords(java.nio.ByteBuffer.allocate(80))))));
        topics.add(new TopicProduceData()
                .setName(byId ? "" : "unknown")
                .setTopicId(byId ? UNKNOWN : Uuid.ZERO_UUID)
                .setPartitionData(List.of(data(0))));
        return new ProduceRequestData()
                .setAcks((short) acks)
                .setTimeoutMs(1_000)
                .setTopicData(topics);
    }

    private static PartitionProduceData data(int index) {
        return new PartitionProduceData()
                .setIndex(index)
                .setRecords(MemoryRecords.withRecords(
                        Compression.NONE,
                        new SimpleRecord(System.currentTimeMillis(), "v".getBytes(StandardCharsets.UTF_8))));
    }

    private static ApiMessage fetch(short version, boolean wrong) {
        boolean byId = version >= 13;
        FetchPartition good = new FetchPartition().setPartition(0).setPartitionMaxBytes(1 << 20);
        FetchPartition outOfRange =
                new FetchPartition().setPartition(1).setFetchOffset(1_000_000).setPartitionMaxBytes(1 << 20);
        FetchPartition leaderless = new FetchPartition().setPartition(2).setPartitionMaxBytes(1 << 20);
        FetchPartition fenced = new FetchPartition().setPartition(0).setPartitionMaxBytes(1 << 20);
        if (version >= 9) {
            fenced.setCurrentLeaderEpoch(1);
        }
        FetchPartition diverging = new FetchPartition().setPartition(0).setPartitionMaxBytes(1 << 20);
        if (version >= 12) {
            diverging.setLastFetchedEpoch(1).setCurrentLeaderEpoch(2);
        }
        FetchTopic known = new FetchTopic()
                .setTopic(byId ? "" : "orders")
                .setTopicId(byId ? EveryVersionTest.TOPIC : Uuid.ZERO_UUID)
                .setPartitions(wrong ? List.of(outOfRange, leaderless, fenced, diverging) : List.of(good));
        FetchTopic unknown = new FetchTopic()
                .setTopic(byId ? "" : "unknown")
                .setTopicId(byId ? UNKNOWN : Uuid.ZERO_UUID)
                .setPartitions(List.of(new FetchPartition().setPartition(0)));
        FetchRequestData request = new FetchRequestData()
                .setMaxBytes(1 << 20)
                .setMaxWaitMs(0)
                .setMinBytes(1)
                .setTopics(wrong ? List.of(known, unknown) : List.of(known));
        return version >= 7 ? request.setSessionEpoch(wrong ? -1 : 0) : request;
    }

    private static ApiMessage listOffsets(long timestamp) {
        return new ListOffsetsRequestData()
                .setReplicaId(-1)
                .setTopics(List.of(
                        new ListOffsetsTopic()
                                .setName("orders")
                                .setPartitions(List.of(
                                        at(0, timestamp),
                                        at(1, timestamp),
                                        at(2, timestamp),
                                        at(0, timestamp),
                                        at(9, timestamp))),
                        new ListOffsetsTopic().setName("unknown").setPartitions(List.of(at(0, timestamp)))));
    }

    private static ListOffsetsPartition at(int index, long timestamp) {
        return new ListOffsetsPartition().setPartitionIndex(index).setTimestamp(timestamp);
    }

    private static ApiMessage epochs() {
        OffsetForLeaderTopicCollection topics = new OffsetForLeaderTopicCollection();
        for (String name : List.of("orders", "unknown")) {
            topics.add(new OffsetForLeaderTopic()
                    .setTopic(name)
                    .setPartitions(List.of(
                            new OffsetForLeaderPartition().setPartition(0).setLeaderEpoch(2),
                            new OffsetForLeaderPartition().setPartition(2).setLeaderEpoch(1))));
        }
        return new OffsetForLeaderEpochRequestData().setTopics(topics);
    }

    private static ApiMessage deleteRecords() {
        return new DeleteRecordsRequestData()
                .setTopics(List.of(
                        new DeleteRecordsTopic()
                                .setName("orders")
                                .setPartitions(List.of(
                                        new DeleteRecordsPartition()
                                                .setPartitionIndex(1)
                                                .setOffset(-1),
                                        new DeleteRecordsPartition()
                                                .setPartitionIndex(2)
                                                .setOffset(7),
                                        new DeleteRecordsPartition()
                                                .setPartitionIndex(0)
                                                .setOffset(1 << 30))),
                        new DeleteRecordsTopic()
                                .setName("unknown")
                                .setPartitions(List.of(new DeleteRecordsPartition()))));
    }

    private static List<ApiMessage> describeCluster(short version) {
        DescribeClusterRequestData good = new DescribeClusterRequestData().setIncludeClusterAuthorizedOperations(true);
        return version == 0
                ? List.of(good)
                : List.of(
                        good,
                        new DescribeClusterRequestData().setEndpointType((byte) 2),
                        new DescribeClusterRequestData().setEndpointType((byte) 9));
    }

    private static ApiMessage describeConfigs() {
        return new DescribeConfigsRequestData()
                .setResources(List.of(
                        resource(ConfigResource.Type.TOPIC, "orders"),
                        resource(ConfigResource.Type.TOPIC, "unknown"),
                        resource(ConfigResource.Type.BROKER, "1"),
                        resource(ConfigResource.Type.BROKER, "7"),
                        resource(ConfigResource.Type.BROKER_LOGGER, "1"),
                        resource(ConfigResource.Type.GROUP, "g"),
                        resource(ConfigResource.Type.CLIENT_METRICS, "m")));
    }

    private static DescribeConfigsResource resource(ConfigResource.Type type, String name) {
        return new DescribeConfigsResource()
                .setResourceType(type.id())
                .setResourceName(name)
                .setConfigurationKeys(null);
    }

    private static ApiMessage describeProducers() {
        DescribeProducersRequestData.TopicRequestCollection topics =
                new DescribeProducersRequestData.TopicRequestCollection();
        topics.add(new DescribeProducersRequestData.TopicRequest()
                .setName("orders")
                .setPartitionIndexes(List.of(0, 2, 9)));
        topics.add(new DescribeProducersRequestData.TopicRequest()
                .setName("unknown")
                .setPartitionIndexes(List.of(0)));
        return new DescribeProducersRequestData().setTopics(topics);
    }

    private static DescribeTopicPartitionsRequestData describeTopics() {
        return new DescribeTopicPartitionsRequestData()
                .setTopics(List.of(
                        new DescribeTopicPartitionsRequestData.TopicRequest().setName("orders"),
                        new DescribeTopicPartitionsRequestData.TopicRequest().setName("unknown"),
                        new DescribeTopicPartitionsRequestData.TopicRequest().setName("not valid!")))
                .setResponsePartitionLimit(2);
    }

    private static ApiMessage loggers() {
        IncrementalAlterConfigsRequestData.AlterConfigsResource resource =
                new IncrementalAlterConfigsRequestData.AlterConfigsResource()
                        .setResourceType(ConfigResource.Type.BROKER_LOGGER.id())
                        .setResourceName("1");
        IncrementalAlterConfigsRequestData request = new IncrementalAlterConfigsRequestData();
        request.resources().add(resource);
        return request;
    }
}
