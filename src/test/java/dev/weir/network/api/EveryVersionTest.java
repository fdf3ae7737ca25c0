package dev.weir.network.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.bus.BusException;
import dev.weir.bus.LocalBus;
import dev.weir.config.BrokerConfig;
import dev.weir.config.LoggerLevels;
import dev.weir.config.TopicSettings;
import dev.weir.controller.ControllerClient;
import dev.weir.controller.ProducerIdClient;
import dev.weir.group.GroupClient;
import dev.weir.metadata.ClusterImage;
import dev.weir.metadata.ImageClient;
import dev.weir.metadata.NewestImage;
import dev.weir.metadata.record.Endpoint;
import dev.weir.metadata.record.FeatureLevelRecord;
import dev.weir.metadata.record.MetadataRecord;
import dev.weir.metadata.record.PartitionRecord;
import dev.weir.metadata.record.RegisterBrokerRecord;
import dev.weir.metadata.record.TopicRecord;
import dev.weir.partition.CleanerSlots;
import dev.weir.partition.PartitionLogVerticle;
import dev.weir.partition.ShardOptions;
import dev.weir.partition.client.PartitionClient;
import dev.weir.partition.logdirs.DirectoryLoads;
import dev.weir.partition.logdirs.LogDirAtStart;
import dev.weir.partition.logdirs.LogDirsClient;
import dev.weir.partition.logdirs.LogDirsVerticle;
import dev.weir.protocol.ResponsePlan;
import dev.weir.quorum.KnownReplicas;
import dev.weir.quorum.QuorumClient;
import dev.weir.storage.directory.LogDirectory;
import dev.weir.storage.file.InMemoryLogFiles;
import dev.weir.storage.file.IoThrottle;
import dev.weir.storage.file.OpenFileCache;
import dev.weir.storage.producer.ProducerStateManager;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.ThreadingModel;
import io.vertx.core.VerticleBase;
import io.vertx.core.Vertx;
import io.vertx.core.WorkerExecutor;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.message.ApiVersionsRequestData;
import org.apache.kafka.common.message.ApiVersionsResponseData;
import org.apache.kafka.common.message.DescribeTopicPartitionsResponseData;
import org.apache.kafka.common.message.FetchRequestData;
import org.apache.kafka.common.message.FetchResponseData;
import org.apache.kafka.common.message.ProduceRequestData;
import org.apache.kafka.common.message.ProduceRequestData.PartitionProduceData;
import org.apache.kafka.common.message.ProduceRequestData.TopicProduceData;
import org.apache.kafka.common.message.ProduceRequestData.TopicProduceDataCollection;
import org.apache.kafka.common.message.ProduceResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.ByteBufferAccessor;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.protocol.MessageUtil;
import org.apache.kafka.common.requests.AbstractRequest;
import org.apache.kafka.common.requests.AbstractResponse;
import org.apache.kafka.common.requests.RequestHeader;
import org.apache.kafka.common.security.auth.SecurityProtocol;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every handler in every version that it serves, over real shards in memory, without controller and group coordinators: each
 * answer, good or bad, can be written in that version and read back by kafka-clients.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class EveryVersionTest {
    static final Uuid TOPIC = new Uuid(3, 1);
    private static final int SHARDS = 2;

    private final Vertx vertx = Vertx.vertx();
    private ApiTable table;

    @BeforeAll
    void start() throws Exception {
        LocalBus bus = new LocalBus(vertx);
        ClusterImage image = image();
        bus.serve(ImageClient.NEWEST, asked -> Future.succeededFuture(image));
        BrokerConfig config = BrokerConfig.of(Map.of("auto.create.topics.enable", "false"));
        InMemoryLogFiles files = new InMemoryLogFiles();
        LogDirAtStart logDir = LogDirAtStart.read(LogDirectory.open(files, Path.of("/logs")), new Uuid(500, 1));
        WorkerExecutor pool = vertx.createSharedWorkerExecutor("syncs", 1);
        for (int shard = 0; shard < SHARDS; shard++) {
            ShardOptions options = new ShardOptions(
                    1,
                    shard,
                    SHARDS,
                    List.of(logDir),
                    List.of(),
                    new DirectoryLoads(List.of(logDir)),
                    16,
                    1_000,
                    now -> config,
                    (now, topic) -> TopicSettings.toLogConfig(config, Map.of()),
                    name -> new ProducerStateManager());
            deploy(new PartitionLogVerticle(
                    bus,
                    options,
                    image,
                    new OpenFileCache(files, 16),
                    pool,
                    pool,
                    new IoThrottle(1e9),
                    new CleanerSlots(),
                    request -> Future.failedFuture("no controller"),
                    () -> {}));
        }
        PartitionClient partitions = new PartitionClient(bus, SHARDS);
        deploy(new LogDirsVerticle(
                bus,
                partitions,
                List.of(logDir),
                List.of(),
                batch -> Future.succeededFuture(true),
                config.maintenance(),
                0,
                60_000));
        BrokerView view = new BrokerView(1, config, new NewestImage(image));
        table = new ApiServices(
                        view,
                        partitions,
                        new LogDirsClient(bus),
                        new ControllerClient(bus),
                        new ProducerIdClient(bus),
                        new QuorumClient(bus, new KnownReplicas()),
                        new AnswerMemory(),
                        new GroupClient(bus, SHARDS),
                        new NoLoggers(),
                        ClientGate.opened(),
                        1)
                .table();
        assertThat(firstError(ask(
                        ApiKeys.PRODUCE,
                        SampleRequests.of(ApiKeys.PRODUCE, (short) 13).get(0))))
                .isEqualTo(Errors.NONE);
    }

    @ParameterizedTest
    @MethodSource("fetchVersions")
    void shouldReturnRecordsInEveryVersion(short version) throws Exception {
        AbstractRequest request = sent(
                ApiKeys.FETCH,
                version,
                SampleRequests.of(ApiKeys.FETCH, version).get(0));

        ApiMessage answer = answer(find(ApiKeys.FETCH, version), request, version);

        assertThat(firstSize(answer)).isPositive();
        SampleRequests.release(answer);
    }

    static Stream<Short> fetchVersions() {
        return IntStream.rangeClosed(ApiKeys.FETCH.oldestVersion(), ApiKeys.FETCH.latestVersion(false))
                .mapToObj(version -> (short) version);
    }

    @Test
    void shouldNotWaitForMoreBytesThanAFetchMayReturn() throws Exception {
        FetchRequestData request =
                (FetchRequestData) SampleRequests.of(ApiKeys.FETCH, (short) 17).get(0);
        request.setMaxBytes(10).setMinBytes(1_000_000).setMaxWaitMs(600_000).setSessionEpoch(-1);

        ApiMessage answer = ask(ApiKeys.FETCH, request);

        assertThat(firstSize(answer)).isPositive();
        SampleRequests.release(answer);
    }

    @Test
    void shouldEndTheDescriptionOfTopicsWithACursorThatIsSane() throws Exception {
        DescribeTopicPartitionsResponseData answer = (DescribeTopicPartitionsResponseData) ask(
                ApiKeys.DESCRIBE_TOPIC_PARTITIONS,
                SampleRequests.of(ApiKeys.DESCRIBE_TOPIC_PARTITIONS, (short) 0).get(1));

        assertThat(answer.nextCursor()).isNull();
    }

    @Test
    void shouldFailAProduceWithoutAcksToAnUnknownTopic() {
        ProduceRequestData request = new ProduceRequestData().setAcks((short) 0);
        TopicProduceDataCollection topics = new TopicProduceDataCollection();
        topics.add(new TopicProduceData().setName("unknown").setPartitionData(List.of(new PartitionProduceData())));

        assertThatThrownBy(() -> await(find(ApiKeys.PRODUCE, (short) 9)
                        .handle(request.setTopicData(topics), context(ApiKeys.PRODUCE, (short) 9))))
                .hasCauseInstanceOf(UnknownTopicOrPartitionException.class);
    }

    @ParameterizedTest
    @CsvSource({"0, false", "3, false", "4, true", "5, true"})
    void shouldLeaveOutFeaturesFromZeroForClientsThatRefuseThem(short version, boolean named) throws Exception {
        ApiMessage sample = SampleRequests.of(ApiKeys.API_VERSIONS, version).get(0);

        ApiVersionsResponseData answer = (ApiVersionsResponseData)
                answer(find(ApiKeys.API_VERSIONS, version), sent(ApiKeys.API_VERSIONS, version, sample), version);

        assertThat(answer.supportedFeatures().find("group.version") != null).isEqualTo(named);
        assertThat(answer.supportedFeatures().find("kraft.version") != null).isEqualTo(named);
        assertThat(answer.supportedFeatures().find("metadata.version"))
                .matches(range -> range.minVersion() == 17 && range.maxVersion() == 29);
        assertThat(answer.finalizedFeatures().find("group.version"))
                .matches(level -> level.minVersionLevel() == 1 && level.maxVersionLevel() == 1);
        assertThat(answer.finalizedFeaturesEpoch()).isEqualTo(image().position().offset());
        assertThat(answer.apiKeys().find(ApiKeys.PRODUCE.id).minVersion()).isZero();
    }

    @ParameterizedTest
    @CsvSource({"cluster, 1, NONE", ", -1, NONE", "another, 1, REBOOTSTRAP_REQUIRED", "cluster, 2, REBOOTSTRAP_REQUIRED"
    })
    void shouldTellAClientOfAnotherNodeToStartAgain(String clusterId, int nodeId, Errors expected) throws Exception {
        ApiVersionsRequestData request = new ApiVersionsRequestData()
                .setClientSoftwareName("weir")
                .setClientSoftwareVersion("1")
                .setClusterId(clusterId)
                .setNodeId(nodeId);

        ApiVersionsResponseData answer = (ApiVersionsResponseData) ask(ApiKeys.API_VERSIONS, request);

        assertThat(answer.errorCode()).isEqualTo(expected.code());
    }

    private ApiMessage ask(ApiKeys api, ApiMessage request) throws Exception {
        short version = api.latestVersion(false);
        return answer(find(api, version), sent(api, version, request), version);
    }

    private ApiHandler<ApiMessage> find(ApiKeys api, short version) {
        ApiHandler<ApiMessage> handler = table.find(api, version);
        if (handler == null) {
            throw new AssertionError(api + " version " + version + " is not served");
        }
        return handler;
    }

    private static Errors firstError(ApiMessage produced) {
        return Errors.forCode(((ProduceResponseData) produced)
                .responses()
                .iterator()
                .next()
                .partitionResponses()
                .get(0)
                .errorCode());
    }

    private static int firstSize(ApiMessage fetched) {
        return ((FetchResponseData) fetched)
                .responses()
                .get(0)
                .partitions()
                .get(0)
                .records()
                .sizeInBytes();
    }

    @AfterAll
    void stop() throws Exception {
        await(vertx.close());
    }

    static Stream<Arguments> everyVersion() {
        return Arrays.stream(ApiKeys.values())
                .filter(api -> !SampleRequests.of(api, api.latestVersion(false)).isEmpty())
                .flatMap(api -> IntStream.rangeClosed(api.oldestVersion(), api.latestVersion(false))
                        .mapToObj(version -> Arguments.of(api, (short) version)));
    }

    @Test
    void shouldHaveSamplesForEveryApiServed() {
        assertThat(Arrays.stream(ApiKeys.values())
                        .filter(api -> table.find(api, api.oldestVersion()) != null)
                        .filter(api ->
                                SampleRequests.of(api, api.latestVersion(false)).isEmpty()))
                .isEmpty();
    }

    @ParameterizedTest
    @MethodSource("everyVersion")
    void shouldAnswerInAFormThatClientsCanRead(ApiKeys api, short version) throws Exception {
        ApiHandler<ApiMessage> handler = find(api, version);
        for (ApiMessage sample : SampleRequests.of(api, version)) {
            AbstractRequest request = sent(api, version, sample);

            ApiMessage answer = answer(handler, request, version);
            ResponsePlan plan = new ResponsePlan(api, version, 5, answer);
            ByteBuffer encoded = ByteBuffer.allocate(plan.encodedBytes());
            boolean whole = plan.encode(encoded).isEmpty();

            assertThat(encoded.hasRemaining()).isFalse();
            if (whole) {
                ByteBuffer frame = encoded.flip().position(Integer.BYTES);
                AbstractResponse response =
                        AbstractResponse.parseResponse(frame, new RequestHeader(api, version, "test", 5));
                assertThat(response.errorCounts()).doesNotContainKey(Errors.UNKNOWN_SERVER_ERROR);
            }
            SampleRequests.release(answer);
        }
    }

    /** The request as it comes from the wire. */
    private static AbstractRequest sent(ApiKeys api, short version, ApiMessage sample) {
        ByteBuffer bytes = MessageUtil.toByteBufferAccessor(sample, version).buffer();
        return AbstractRequest.parseRequest(api, version, new ByteBufferAccessor(bytes)).request;
    }

    /** The handler's answer, or the error response that its failure becomes. */
    private ApiMessage answer(ApiHandler<ApiMessage> handler, AbstractRequest request, short version) throws Exception {
        Future<? extends @Nullable ApiMessage> future =
                handler.handle(request.data(), context(request.apiKey(), version));
        ApiMessage answer = await(future.<ApiMessage>map(a -> a).otherwise(cause -> {
            Errors error = BusException.errorOf(cause);
            assertThat(error).as("%s", cause).isNotEqualTo(Errors.UNKNOWN_SERVER_ERROR);
            return request.getErrorResponse(0, error.exception(cause.getMessage()))
                    .data();
        }));
        assertThat(answer).isNotNull();
        return answer;
    }

    private static RequestContext context(ApiKeys api, short version) {
        return new RequestContext(
                new RequestHeader(api, version, "test", 5),
                "PLAINTEXT",
                InetAddress.getLoopbackAddress(),
                new NoLink());
    }

    private static <T> T await(Future<T> future) throws Exception {
        return future.toCompletionStage().toCompletableFuture().get(20, TimeUnit.SECONDS);
    }

    private void deploy(VerticleBase verticle) throws Exception {
        await(vertx.deployVerticle(
                verticle,
                new DeploymentOptions()
                        .setThreadingModel(ThreadingModel.WORKER)
                        .setWorkerPoolName(verticle.toString())
                        .setWorkerPoolSize(1)));
    }

    static ClusterImage image() {
        ClusterImage image = ClusterImage.empty("cluster");
        List<MetadataRecord> records = List.of(
                new RegisterBrokerRecord(
                        1,
                        new Uuid(7, 1),
                        10,
                        List.of(new Endpoint("PLAINTEXT", "localhost", 9092, SecurityProtocol.PLAINTEXT)),
                        List.of(),
                        "rack",
                        false,
                        false,
                        List.of(new Uuid(500, 1))),
                new FeatureLevelRecord("group.version", (short) 1),
                new TopicRecord("orders", TOPIC),
                partition(0, 1),
                partition(1, 1),
                partition(2, -1));
        for (MetadataRecord record : records) {
            image = image.apply(record);
        }
        return image;
    }

    private static PartitionRecord partition(int index, int leader) {
        return new PartitionRecord(
                TOPIC,
                index,
                List.of(1),
                List.of(1),
                List.of(),
                List.of(),
                leader,
                2,
                2,
                List.of(new Uuid(500, 1)),
                false);
    }

    private static final class NoLoggers implements LoggerLevels {
        @Override
        public Map<String, String> levels() {
            return Map.of(ROOT, "INFO");
        }

        @Override
        public void set(String logger, String level) {}

        @Override
        public void unset(String logger) {}
    }
}
