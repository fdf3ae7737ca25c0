package dev.weir.network.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.bus.LocalBus;
import dev.weir.config.BrokerConfig;
import dev.weir.config.LoggerLevels;
import dev.weir.controller.ControllerClient;
import dev.weir.controller.ProducerIdClient;
import dev.weir.group.GroupClient;
import dev.weir.metadata.NewestImage;
import dev.weir.network.FakeQuorum;
import dev.weir.partition.client.PartitionClient;
import dev.weir.partition.logdirs.LogDirsClient;
import dev.weir.peer.wire.MetadataTopic;
import dev.weir.quorum.KnownReplicas;
import dev.weir.quorum.QuorumAnswer;
import dev.weir.quorum.QuorumClient;
import dev.weir.quorum.QuorumResponse;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.net.InetAddress;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.FetchRequestData;
import org.apache.kafka.common.message.FetchResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.RequestHeader;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** A broker that listens to its peers, and whose logs are not open yet: there are no shards. */
class ClientGateTest {
    private final Vertx vertx = Vertx.vertx();
    private final LocalBus bus = new LocalBus(vertx);
    private final FakeQuorum quorum = new FakeQuorum(bus);
    private final ApiTable table = new ApiServices(
                    new BrokerView(1, BrokerConfig.of(Map.of()), new NewestImage(EveryVersionTest.image())),
                    new PartitionClient(bus, 1),
                    new LogDirsClient(bus),
                    new ControllerClient(bus),
                    new ProducerIdClient(bus),
                    new QuorumClient(bus, new KnownReplicas()),
                    new AnswerMemory(),
                    new GroupClient(bus, 1),
                    new NoLoggers(),
                    new ClientGate(),
                    1)
            .table();

    @BeforeEach
    void start() throws Exception {
        await(vertx.deployVerticle(quorum));
    }

    @AfterEach
    void stop() throws Exception {
        await(vertx.close());
    }

    @ParameterizedTest
    @EnumSource(names = {"PRODUCE", "METADATA", "LIST_OFFSETS", "FIND_COORDINATOR", "CREATE_TOPICS"})
    void shouldKeepClientsOut(ApiKeys api) {
        assertThat(table.isOpenTo(api)).isFalse();
    }

    static Stream<Short> fetchVersions() {
        return IntStream.rangeClosed(ApiKeys.FETCH.oldestVersion(), ApiKeys.FETCH.latestVersion(false))
                .mapToObj(version -> (short) version);
    }

    /** The API that it shares with its peers: the error is one that every consumer and replica tries again after. */
    @ParameterizedTest
    @MethodSource("fetchVersions")
    void shouldTellWhoeverFetchesRecordsToTryAgain(short version) throws Exception {
        for (ApiMessage sample : SampleRequests.of(ApiKeys.FETCH, version)) {
            FetchResponseData answer = fetch((FetchRequestData) sample, version);

            assertThat(answer.errorCode()).isEqualTo(Errors.NONE.code());
            assertThat(answer.responses())
                    .isNotEmpty()
                    .flatMap(topic -> topic.partitions())
                    .extracting(partition -> Errors.forCode(partition.errorCode()))
                    .containsOnly(Errors.NOT_LEADER_OR_FOLLOWER);
        }
    }

    @Test
    void shouldServeTheMetadataLog() throws Exception {
        quorum.leader(1, 9092, true);
        quorum.answer(request -> QuorumAnswer.of(new QuorumResponse.FetchResponse(
                Errors.NONE, 5, 1, 42, Optional.empty(), Optional.empty(), List.of())));
        FetchRequestData request = new FetchRequestData()
                .setReplicaState(new FetchRequestData.ReplicaState().setReplicaId(2))
                .setTopics(List.of(new FetchRequestData.FetchTopic()
                        .setTopicId(MetadataTopic.ID)
                        .setPartitions(List.of(new FetchRequestData.FetchPartition()
                                .setCurrentLeaderEpoch(5)
                                .setReplicaDirectoryId(new Uuid(1, 2))))));

        FetchResponseData answer = fetch(request, ApiKeys.FETCH.latestVersion(false));

        assertThat(quorum.requests).hasSize(1);
        assertThat(answer.responses().get(0).partitions().get(0).highWatermark())
                .isEqualTo(42);
    }

    private FetchResponseData fetch(FetchRequestData request, short version) throws Exception {
        assertThat(table.isOpenTo(ApiKeys.FETCH)).isTrue();
        ApiHandler<ApiMessage> handler = table.find(ApiKeys.FETCH, version);
        if (handler == null) {
            throw new AssertionError("version " + version + " is not served");
        }
        RequestContext context = new RequestContext(
                new RequestHeader(ApiKeys.FETCH, version, "test", 5),
                "PLAINTEXT",
                InetAddress.getLoopbackAddress(),
                new NoLink());
        return (FetchResponseData) await(handler.handle(request, context).<ApiMessage>map(a -> a));
    }

    private static <T> T await(Future<T> future) throws Exception {
        return future.toCompletionStage().toCompletableFuture().get(20, TimeUnit.SECONDS);
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
