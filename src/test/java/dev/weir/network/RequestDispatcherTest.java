package dev.weir.network;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.bus.BusException;
import dev.weir.config.BrokerConfig;
import dev.weir.metadata.ClusterImage;
import dev.weir.metadata.NewestImage;
import dev.weir.network.api.ApiHandler;
import dev.weir.network.api.ApiTable;
import dev.weir.network.api.BrokerView;
import dev.weir.network.api.RequestContext;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import io.vertx.core.Future;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.message.DeleteTopicsRequestData;
import org.apache.kafka.common.message.DescribeAclsRequestData;
import org.apache.kafka.common.message.DescribeUserScramCredentialsRequestData;
import org.apache.kafka.common.message.HeartbeatRequestData;
import org.apache.kafka.common.message.HeartbeatResponseData;
import org.apache.kafka.common.message.ProduceRequestData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.AbstractResponse;
import org.apache.kafka.common.requests.ApiVersionsResponse;
import org.apache.kafka.common.requests.HeartbeatResponse;
import org.apache.kafka.common.requests.RequestHeader;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourceType;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class RequestDispatcherTest {
    private final EmbeddedChannel channel = new EmbeddedChannel();
    private final RequestMemory memory = new RequestMemory(1 << 20);
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private Supplier<Future<? extends @Nullable ApiMessage>> heartbeat = () -> Future.succeededFuture();

    @Test
    void shouldAnswerWithTheErrorOfTheHandlersFailure() {
        heartbeat = () -> Future.failedFuture(new BusException(Errors.COORDINATOR_NOT_AVAILABLE, "not now"));

        assertThat(heartbeat().error()).isEqualTo(Errors.COORDINATOR_NOT_AVAILABLE);
    }

    static Stream<Arguments> outcomes() {
        return Stream.of(
                Arguments.of(
                        Future.failedFuture(new BusException(Errors.COORDINATOR_NOT_AVAILABLE, "not now")),
                        Errors.COORDINATOR_NOT_AVAILABLE,
                        1),
                Arguments.of(
                        Future.succeededFuture(
                                new HeartbeatResponseData().setErrorCode(Errors.UNKNOWN_MEMBER_ID.code())),
                        Errors.UNKNOWN_MEMBER_ID,
                        1),
                Arguments.of(Future.succeededFuture(new HeartbeatResponseData()), Errors.NONE, 0));
    }

    @ParameterizedTest
    @MethodSource("outcomes")
    void shouldCountARefusalWhoeverMadeTheResponse(Future<ApiMessage> handled, Errors error, int counted) {
        heartbeat = () -> handled;

        assertThat(heartbeat().error()).isEqualTo(error);

        assertThat(registry.find("weir.network.request.errors").counters())
                .allSatisfy(c -> assertThat(c.getId().getTag("error")).isEqualTo(error.name()))
                .hasSize(counted);
    }

    @Test
    void shouldAnswerUnknownServerErrorWhenTheHandlerThrows() {
        heartbeat = () -> {
            throw new IllegalStateException("a bug");
        };

        assertThat(heartbeat().error()).isEqualTo(Errors.UNKNOWN_SERVER_ERROR);
    }

    @Test
    void shouldAnswerAnApiVersionsRequestThatIsTooNewInVersionZero() {
        ByteBuf frame = Unpooled.buffer().writeShort(ApiKeys.API_VERSIONS.id).writeShort(99);
        frame.writeInt(5).writeBytes(new byte[] {1, 2, 3});

        ByteBuffer reply = exchange(frame);

        assertThat(reply.getInt()).isEqualTo(5);
        ApiVersionsResponse response =
                ApiVersionsResponse.parse(new org.apache.kafka.common.protocol.ByteBufferAccessor(reply), (short) 0);
        assertThat(response.data().errorCode()).isEqualTo(Errors.UNSUPPORTED_VERSION.code());
        assertThat(response.apiVersion(ApiKeys.API_VERSIONS.id).maxVersion())
                .isEqualTo(ApiKeys.API_VERSIONS.latestVersion(false));
        assertThat(reply.hasRemaining()).isFalse();
    }

    /** Kafka's own class for the request cannot make an error answer to it, which anybody can find out. */
    @Test
    void shouldCloseTheConnectionWhereNoErrorAnswerCanBeMade() {
        ByteBuf frame = ConnectionTest.frame(
                ApiKeys.DESCRIBE_USER_SCRAM_CREDENTIALS,
                (short) 0,
                1,
                new DescribeUserScramCredentialsRequestData().setUsers(null));

        send(frame);

        assertThat(channel.isOpen()).isFalse();
        assertThat(memory.used()).isZero();
        assertThat(registry.get("weir.network.connections.rejected").counter().count())
                .isEqualTo(1);
    }

    @Test
    void shouldCloseOnABodyThatCannotBeRead() {
        ByteBuf frame = ConnectionTest.frame(ApiKeys.DELETE_TOPICS, (short) 5, 1, new DeleteTopicsRequestData());

        send(frame.writerIndex(frame.writerIndex() - 3));

        assertThat(channel.isOpen()).isFalse();
        assertThat(memory.used()).isZero();
    }

    /** Every version of every API of Kafka: what is not served is refused in the terms of that API, or the connection ends. */
    static Stream<Arguments> everyVersion() {
        return Arrays.stream(ApiKeys.values())
                .filter(api -> api != ApiKeys.API_VERSIONS && api != ApiKeys.HEARTBEAT)
                .flatMap(api -> IntStream.rangeClosed(api.oldestVersion(), api.latestVersion(true))
                        .mapToObj(version -> Arguments.of(api, (short) version)));
    }

    @ParameterizedTest
    @MethodSource("everyVersion")
    void shouldRefuseWhatIsNotServedInItsOwnTerms(ApiKeys api, short version) {
        send(ConnectionTest.frame(api, version, 5, request(api)));

        ByteBuf reply = channel.readOutbound();
        assertThat(memory.used()).isZero();
        assertThat(reply).as("an answer to %s version %s", api, version).isNotNull();
        ByteBuffer bytes = reply.skipBytes(Integer.BYTES).nioBuffer();
        AbstractResponse response = AbstractResponse.parseResponse(bytes, new RequestHeader(api, version, "test", 5));
        assertThat(response.errorCounts()).doesNotContainKey(Errors.UNKNOWN_SERVER_ERROR);
    }

    private static ApiMessage request(ApiKeys api) {
        return switch (api) {
            case PRODUCE -> new ProduceRequestData().setAcks((short) 1);
            case DESCRIBE_ACLS ->
                new DescribeAclsRequestData()
                        .setResourceTypeFilter(ResourceType.ANY.code())
                        .setPatternTypeFilter(PatternType.LITERAL.code())
                        .setOperation(AclOperation.ANY.code())
                        .setPermissionType(AclPermissionType.ANY.code());
            default -> api.messageType.newRequest();
        };
    }

    private HeartbeatResponse heartbeat() {
        ByteBuffer reply = exchange(ConnectionTest.frame(
                ApiKeys.HEARTBEAT,
                (short) 4,
                5,
                new HeartbeatRequestData().setGroupId("g").setMemberId("m")));
        return (HeartbeatResponse)
                AbstractResponse.parseResponse(reply, new RequestHeader(ApiKeys.HEARTBEAT, (short) 4, "test", 5));
    }

    private ByteBuffer exchange(ByteBuf frame) {
        send(frame);
        ByteBuf reply = channel.readOutbound();
        assertThat(reply).isNotNull();
        return reply.skipBytes(Integer.BYTES).nioBuffer();
    }

    private void send(ByteBuf frame) {
        BrokerView view = new BrokerView(1, BrokerConfig.defaults(), new NewestImage(ClusterImage.empty("cluster")));
        channel.pipeline().addLast("vertx", new ChannelInboundHandlerAdapter());
        Connection connection = new Connection(
                1,
                "PLAINTEXT",
                InetAddress.getLoopbackAddress(),
                channel.pipeline().context("vertx"),
                new RequestDispatcher(new ApiTable(view, List.of(new Heartbeats())), new ClientWarnings(0)),
                new NetworkMetrics(registry, new ConnectionQuotas(1, 1), memory),
                new ClientWarnings(0),
                new ConnectionQuotas(1, 1).admit(InetAddress.getLoopbackAddress(), NetworkOptions.Use.BOTH),
                System.nanoTime());
        channel.pipeline()
                .addBefore("vertx", "frames", new FrameAssembler(1 << 20, new FrameMemory(memory, memory), connection));
        ByteBuf sized = Unpooled.buffer().writeInt(frame.readableBytes()).writeBytes(frame);
        channel.writeInbound(sized);
    }

    private final class Heartbeats implements ApiHandler<HeartbeatRequestData> {
        @Override
        public ApiKeys api() {
            return ApiKeys.HEARTBEAT;
        }

        @Override
        public Future<? extends @Nullable ApiMessage> handle(HeartbeatRequestData request, RequestContext context) {
            return heartbeat.get();
        }

        @Override
        public Errors refusal(ApiMessage response, short version) {
            return Errors.forCode(((HeartbeatResponseData) response).errorCode());
        }
    }
}
