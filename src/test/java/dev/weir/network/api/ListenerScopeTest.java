package dev.weir.network.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.bus.LocalBus;
import dev.weir.config.BrokerConfig;
import dev.weir.config.LoggerLevels;
import dev.weir.controller.ControllerClient;
import dev.weir.controller.ProducerIdClient;
import dev.weir.group.GroupClient;
import dev.weir.metadata.ClusterImage;
import dev.weir.metadata.NewestImage;
import dev.weir.partition.client.PartitionClient;
import dev.weir.partition.logdirs.LogDirsClient;
import dev.weir.quorum.KnownReplicas;
import dev.weir.quorum.QuorumClient;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.net.InetAddress;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.message.ApiVersionsRequestData;
import org.apache.kafka.common.message.ApiVersionsResponseData;
import org.apache.kafka.common.message.DescribeClusterRequestData;
import org.apache.kafka.common.message.DescribeClusterResponseData;
import org.apache.kafka.common.message.FetchRequestData;
import org.apache.kafka.common.message.FetchResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.RequestHeader;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What each of a broker's listeners serves. */
class ListenerScopeTest {
    private final Vertx vertx = Vertx.vertx();
    private final ApiTable apart = table(Map.of(
            "listeners",
            "PLAINTEXT://localhost:1,CONTROLLER://localhost:2",
            "listener.security.protocol.map",
            "CONTROLLER:PLAINTEXT",
            "controller.listener.names",
            "CONTROLLER"));

    private ApiTable table(Map<String, String> settings) {
        LocalBus bus = new LocalBus(vertx);
        return new ApiServices(
                        new BrokerView(1, BrokerConfig.of(settings), new NewestImage(ClusterImage.empty("cluster"))),
                        new PartitionClient(bus, 1),
                        new LogDirsClient(bus),
                        new ControllerClient(bus),
                        new ProducerIdClient(bus),
                        new QuorumClient(bus, new KnownReplicas()),
                        new AnswerMemory(),
                        new GroupClient(bus, 1),
                        new NoLoggers(),
                        ClientGate.opened(),
                        1)
                .table();
    }

    @AfterEach
    void stop() throws Exception {
        vertx.close().toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
    }

    @Test
    void shouldNameTheApisOfTheQuorumOnTheListenerForControllersOnly() throws Exception {
        Set<ApiKeys> ofPeers = EnumSet.of(
                ApiKeys.VOTE,
                ApiKeys.BEGIN_QUORUM_EPOCH,
                ApiKeys.END_QUORUM_EPOCH,
                ApiKeys.FETCH_SNAPSHOT,
                ApiKeys.UPDATE_RAFT_VOTER,
                ApiKeys.BROKER_REGISTRATION,
                ApiKeys.BROKER_HEARTBEAT,
                ApiKeys.ALTER_PARTITION,
                ApiKeys.ALLOCATE_PRODUCER_IDS,
                ApiKeys.ASSIGN_REPLICAS_TO_DIRS,
                ApiKeys.ENVELOPE);
        Set<ApiKeys> ofBoth = EnumSet.of(
                ApiKeys.FETCH,
                ApiKeys.DESCRIBE_QUORUM,
                ApiKeys.ADD_RAFT_VOTER,
                ApiKeys.REMOVE_RAFT_VOTER,
                ApiKeys.UNREGISTER_BROKER,
                ApiKeys.CREATE_TOPICS);

        assertThat(apis("CONTROLLER")).containsAll(ofPeers).containsAll(ofBoth);
        assertThat(ApiKeys.controllerApis()).containsAll(apis("CONTROLLER"));
        assertThat(apis("PLAINTEXT")).doesNotContainAnyElementsOf(ofPeers).containsAll(ofBoth);
        assertThat(ApiKeys.brokerApis()).containsAll(apis("PLAINTEXT"));
        assertThat(apart.find(ApiKeys.VOTE, (short) 0, "PLAINTEXT")).isNull();
        assertThat(apart.find(ApiKeys.METADATA, (short) 0, "CONTROLLER")).isNull();
    }

    @Test
    void shouldNotKnowTheMetadataLogOnAListenerForClients() throws Exception {
        FetchRequestData request = new FetchRequestData()
                .setTopics(List.of(new FetchRequestData.FetchTopic()
                        .setTopic("__cluster_metadata")
                        .setPartitions(List.of(new FetchRequestData.FetchPartition()))));

        FetchResponseData response = (FetchResponseData) ask(apart, ApiKeys.FETCH, (short) 12, "PLAINTEXT", request);

        assertThat(response.responses().get(0).partitions().get(0).errorCode())
                .isEqualTo(Errors.UNKNOWN_TOPIC_OR_PARTITION.code());
    }

    @Test
    void shouldDescribeOnEachListenerWhatItIsFor() throws Exception {
        assertThat(describe("PLAINTEXT", 2)).isEqualTo(Errors.MISMATCHED_ENDPOINT_TYPE);
        assertThat(describe("CONTROLLER", 1)).isEqualTo(Errors.MISMATCHED_ENDPOINT_TYPE);
        assertThat(describe("PLAINTEXT", 1)).isEqualTo(Errors.NONE);
        assertThat(describe("PLAINTEXT", 3)).isEqualTo(Errors.UNSUPPORTED_ENDPOINT_TYPE);
    }

    private Errors describe(String listener, int type) throws Exception {
        DescribeClusterRequestData request = new DescribeClusterRequestData().setEndpointType((byte) type);
        return Errors.forCode(
                ((DescribeClusterResponseData) ask(apart, ApiKeys.DESCRIBE_CLUSTER, (short) 1, listener, request))
                        .errorCode());
    }

    private Set<ApiKeys> apis(String listener) throws Exception {
        ApiVersionsRequestData request =
                new ApiVersionsRequestData().setClientSoftwareName("weir").setClientSoftwareVersion("1");
        ApiVersionsResponseData response =
                (ApiVersionsResponseData) ask(apart, ApiKeys.API_VERSIONS, (short) 4, listener, request);
        Set<ApiKeys> apis = EnumSet.noneOf(ApiKeys.class);
        response.apiKeys().forEach(api -> apis.add(ApiKeys.forId(api.apiKey())));
        return apis;
    }

    private static ApiMessage ask(ApiTable table, ApiKeys api, short version, String listener, ApiMessage request)
            throws Exception {
        ApiHandler<ApiMessage> handler = table.find(api, version, listener);
        if (handler == null) {
            throw new AssertionError(api + " is not served on " + listener);
        }
        RequestContext context = new RequestContext(
                new RequestHeader(api, version, "test", 1), listener, InetAddress.getLoopbackAddress(), new NoLink());
        Future<ApiMessage> answer = handler.handle(request, context).map(response -> response);
        return answer.toCompletionStage().toCompletableFuture().get(20, TimeUnit.SECONDS);
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
