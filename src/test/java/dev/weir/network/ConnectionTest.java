package dev.weir.network;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.config.BrokerConfig;
import dev.weir.metadata.ClusterImage;
import dev.weir.metadata.NewestImage;
import dev.weir.network.api.ApiHandler;
import dev.weir.network.api.ApiTable;
import dev.weir.network.api.BrokerView;
import dev.weir.network.api.RequestContext;
import dev.weir.protocol.FakeBytes;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.FileRegion;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.util.ReferenceCountUtil;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.message.FetchRequestData;
import org.apache.kafka.common.message.FetchResponseData;
import org.apache.kafka.common.message.FetchResponseData.FetchableTopicResponse;
import org.apache.kafka.common.message.FetchResponseData.PartitionData;
import org.apache.kafka.common.message.HeartbeatRequestData;
import org.apache.kafka.common.message.HeartbeatResponseData;
import org.apache.kafka.common.message.ProduceRequestData;
import org.apache.kafka.common.message.ProduceRequestData.PartitionProduceData;
import org.apache.kafka.common.message.ProduceRequestData.TopicProduceData;
import org.apache.kafka.common.message.ProduceRequestData.TopicProduceDataCollection;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.protocol.MessageUtil;
import org.apache.kafka.common.requests.RequestHeader;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConnectionTest {
    private static final short HEARTBEAT = 3;
    private static final short FETCH = 12;

    private final RequestMemory memory = new RequestMemory(1 << 20);
    private final Later heartbeats = new Later(ApiKeys.HEARTBEAT);
    private final Later fetches = new Later(ApiKeys.FETCH);
    private final Later produces = new Later(ApiKeys.PRODUCE);
    private final EmbeddedChannel channel = new EmbeddedChannel();
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final Connection connection;

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path dir;

    ConnectionTest() {
        BrokerView view = new BrokerView(1, BrokerConfig.defaults(), new NewestImage(ClusterImage.empty("cluster")));
        RequestDispatcher dispatcher = new RequestDispatcher(
                new ApiTable(view, List.of(heartbeats, fetches, produces)), new ClientWarnings(0));
        channel.pipeline().addLast("vertx", new ChannelInboundHandlerAdapter());
        ChannelHandlerContext ctx = channel.pipeline().context("vertx");
        connection = new Connection(
                1,
                "PLAINTEXT",
                InetAddress.getLoopbackAddress(),
                ctx,
                dispatcher,
                new NetworkMetrics(registry, new ConnectionQuotas(1, 1), memory),
                new ClientWarnings(0),
                new ConnectionQuotas(1, 1).admit(InetAddress.getLoopbackAddress(), NetworkOptions.Use.BOTH),
                System.nanoTime());
        channel.pipeline()
                .addBefore("vertx", "frames", new FrameAssembler(1 << 20, new FrameMemory(memory, memory), connection));
        channel.closeFuture().addListener(closed -> connection.onClosed());
    }

    @AfterEach
    void shouldHoldNoMemoryWhenEverythingIsAnswered() {
        heartbeats.answerAll();
        fetches.answerAll();
        produces.answerAll();
        channel.close();
        channel.releaseOutbound();
        assertThat(memory.used()).isZero();
    }

    @Test
    void shouldReplyInTheOrderOfRequests() {
        send(heartbeat(1), heartbeat(2), heartbeat(3));

        heartbeats.answer(2);
        heartbeats.answer(1);
        assertThat(replies()).isEmpty();
        heartbeats.answer(0);

        assertThat(replies()).containsExactly(1, 2, 3);
        assertThat(memory.used()).isZero();
    }

    @Test
    void shouldGiveARequestsMemoryBackWhenItIsAnsweredThoughItsReplyWaits() {
        send(heartbeat(1), heartbeat(2));
        long both = memory.used();

        heartbeats.answer(1);

        assertThat(memory.used()).isBetween(1L, both - 1);
    }

    @Test
    void shouldGiveTheMemoryOfAnAppendBackWhenItsBytesAreDoneThoughItsAnswerIsToCome() {
        send(produce(1), heartbeat(2));
        long both = memory.used();

        produces.bytesDone.get(0).run();
        assertThat(memory.used()).isEqualTo(both);
        channel.runPendingTasks();

        assertThat(memory.used()).isBetween(1L, both - 1);
        assertThat(replies()).isEmpty();
    }

    @Test
    void shouldGiveTheMemoryOfARequestBackOnceHoweverOftenItsBytesAreDone() {
        send(produce(1), heartbeat(2));
        produces.bytesDone.get(0).run();
        produces.bytesDone.get(0).run();
        channel.runPendingTasks();
        long one = memory.used();

        produces.answerWith(0, null);
        produces.bytesDone.get(0).run();
        channel.runPendingTasks();

        assertThat(memory.used()).isEqualTo(one);
        heartbeats.answer(0);
        assertThat(memory.used()).isZero();
        assertThat(replies()).containsExactly(2);
    }

    @Test
    void shouldGiveTheMemoryOfAnAppendBackOnceWhenItsConnectionHasClosed() {
        send(produce(1), produce(2));

        channel.close();
        produces.bytesDone.get(0).run();
        channel.runPendingTasks();
        long second = memory.used();
        produces.answerAll();
        produces.bytesDone.forEach(Runnable::run);
        channel.runPendingTasks();

        assertThat(second).isPositive();
        assertThat(memory.used()).isZero();
    }

    @Test
    void shouldTellWhatIsNotAnsweredYetThatItsConnectionHasClosed() {
        send(heartbeat(1), heartbeat(2), heartbeat(3));
        heartbeats.answer(1);

        channel.close();

        assertThat(heartbeats.abandoned).containsExactly(0, 2);
        assertThat(memory.used()).isPositive();
    }

    @Test
    void shouldNotReplyToAProduceWithoutAcks() {
        send(produce(1), heartbeat(2));
        heartbeats.answer(0);
        assertThat(replies()).isEmpty();

        produces.answerWith(0, null);

        assertThat(replies()).containsExactly(2);
        assertThat(channel.isOpen()).isTrue();
    }

    @Test
    void shouldCloseWhenAProduceWithoutAcksFails() {
        send(produce(1));

        produces.promises.get(0).fail(Errors.UNKNOWN_TOPIC_OR_PARTITION.exception());

        assertThat(channel.isOpen()).isFalse();
        assertThat(replies()).isEmpty();
    }

    @Test
    void shouldStopReadingWithTooManyRequestsInFlightAndResume() {
        ByteBuf[] many = new ByteBuf[Connection.MAX_IN_FLIGHT + 50];
        for (int i = 0; i < many.length; i++) {
            many[i] = heartbeat(i);
        }

        send(many);

        assertThat(channel.config().isAutoRead()).isFalse();
        assertThat(heartbeats.promises).hasSize(Connection.MAX_IN_FLIGHT);
        heartbeats.answer(0);
        channel.runPendingTasks();
        assertThat(heartbeats.promises).hasSize(Connection.MAX_IN_FLIGHT + 1);
        heartbeats.answerAll();
        channel.runPendingTasks();
        heartbeats.answerAll();
        channel.runPendingTasks();
        assertThat(channel.config().isAutoRead()).isTrue();
        assertThat(replies()).hasSize(many.length);
    }

    @Test
    void shouldStopReadingWhileTooManyBytesAreUnsentAndResume() throws Exception {
        Path file = Files.write(dir.resolve("segment"), new byte[Connection.MAX_UNSENT_BYTES]);
        FakeBytes bytes = new FakeBytes(file, 0, Connection.MAX_UNSENT_BYTES);
        Unsent unsent = new Unsent();
        channel.pipeline().addFirst(unsent);
        send(fetch(1));

        fetches.answerWith(0, fetchResponse(bytes));
        assertThat(channel.config().isAutoRead()).isFalse();
        unsent.let();

        assertThat(channel.config().isAutoRead()).isTrue();
        assertThat(replies()).containsExactly(1);
        assertThat(bytes.released()).isEqualTo(1);
    }

    @Test
    void shouldSpliceFileBytesIntoTheReply() throws Exception {
        Path file = Files.write(dir.resolve("segment"), new byte[] {0, 1, 2, 3, 4, 5, 6, 7, 8, 9});
        FakeBytes bytes = new FakeBytes(file, 2, 5);
        send(fetch(7));

        fetches.answerWith(0, fetchResponse(bytes));

        ByteBuffer frame = ByteBuffer.wrap(outbound());
        assertThat(frame.getInt()).isEqualTo(frame.remaining());
        assertThat(frame.getInt()).isEqualTo(7);
        assertThat(new String(frame.array(), java.nio.charset.StandardCharsets.ISO_8859_1))
                .contains("\2\3\4\5\6");
        assertThat(bytes.sent()).isEqualTo(5);
        assertThat(bytes.released()).isEqualTo(1);
    }

    @Test
    void shouldReleaseFilesOfAnAnswerThatComesAfterTheClose() throws Exception {
        Path file = Files.write(dir.resolve("segment"), new byte[10]);
        FakeBytes waiting = new FakeBytes(file, 0, 5);
        FakeBytes late = new FakeBytes(file, 0, 5);
        send(fetch(1), fetch(2), fetch(3));
        fetches.answerWith(1, fetchResponse(waiting));

        channel.close();
        fetches.answerWith(0, fetchResponse(late));

        assertThat(waiting.released()).isEqualTo(1);
        assertThat(late.released()).isEqualTo(1);
        assertThat(List.of(waiting, late)).allMatch(bytes -> bytes.sent() == 0);
    }

    @Test
    void shouldReleaseFilesOfAnAnswerThatCannotBeEncoded() throws Exception {
        Path file = Files.write(dir.resolve("segment"), new byte[10]);
        FakeBytes bytes = new FakeBytes(file, 0, 5);
        FetchResponseData response = fetchResponse(bytes);
        // Below version 13 a topic must have a name.
        response.responses().get(0).setTopic(null);
        send(fetch(1));

        fetches.answerWith(0, response);

        assertThat(channel.isOpen()).isFalse();
        assertThat(bytes.released()).isEqualTo(1);
    }

    @Test
    void shouldCloseOnARequestThatCannotBeUnderstoodAndNotLookFurther() {
        send(Unpooled.buffer().writeShort(999).writeShort(0).writeInt(1).writeShort(-1), heartbeat(2));

        assertThat(channel.isOpen()).isFalse();
        assertThat(heartbeats.promises).isEmpty();
        assertThat(registry.counter("weir.network.connections.rejected").count())
                .isEqualTo(1);
    }

    @Test
    void shouldCloseOnABadLength() {
        channel.writeInbound(Unpooled.buffer().writeInt(-5));

        assertThat(channel.isOpen()).isFalse();
    }

    @Test
    void shouldAnswerBeforeItClosesWhenDrained() {
        send(heartbeat(1));

        connection.drain();
        send(heartbeat(2));
        assertThat(channel.isOpen()).isTrue();
        heartbeats.answer(0);

        assertThat(replies()).containsExactly(1);
        assertThat(channel.isOpen()).isFalse();
        assertThat(heartbeats.promises).hasSize(1);
    }

    @Test
    void shouldCloseAtOnceWhenDrainedWithNothingInFlight() {
        connection.drain();

        assertThat(channel.isOpen()).isFalse();
    }

    @Test
    void shouldCloseWhenIdleOnly() {
        long now = System.nanoTime();
        send(heartbeat(1));
        connection.closeIfIdle(now + 1_000_000_000_000L, 1_000);
        assertThat(channel.isOpen()).isTrue();
        heartbeats.answer(0);

        connection.closeIfIdle(System.nanoTime(), 60_000_000_000L);
        assertThat(channel.isOpen()).isTrue();
        connection.closeIfIdle(System.nanoTime() + 61_000_000_000L, 60_000_000_000L);

        assertThat(channel.isOpen()).isFalse();
    }

    @Test
    void shouldNotBeIdleWhileALargeRequestTricklesIn() {
        long before = System.nanoTime();
        channel.writeInbound(Unpooled.buffer().writeInt(100).writeByte(0));

        connection.closeIfIdle(before + 1_000_000_000L, 1_000_000_000L);

        assertThat(channel.isOpen()).isTrue();
    }

    private void send(ByteBuf... frames) {
        ByteBuf all = Unpooled.buffer();
        for (ByteBuf frame : frames) {
            all.writeInt(frame.readableBytes()).writeBytes(frame);
        }
        channel.writeInbound(all);
    }

    private static ByteBuf heartbeat(int correlationId) {
        return frame(
                ApiKeys.HEARTBEAT,
                HEARTBEAT,
                correlationId,
                new HeartbeatRequestData().setGroupId("g").setMemberId("m"));
    }

    private static ByteBuf fetch(int correlationId) {
        return frame(ApiKeys.FETCH, FETCH, correlationId, new FetchRequestData());
    }

    private static ByteBuf produce(int correlationId) {
        ProduceRequestData data = new ProduceRequestData().setAcks((short) 0);
        TopicProduceDataCollection topics = new TopicProduceDataCollection();
        topics.add(new TopicProduceData().setName("t").setPartitionData(List.of(new PartitionProduceData())));
        return frame(ApiKeys.PRODUCE, (short) 9, correlationId, data.setTopicData(topics));
    }

    static ByteBuf frame(ApiKeys api, short version, int correlationId, ApiMessage body) {
        ByteBuf frame = Unpooled.buffer();
        RequestHeader header = new RequestHeader(api, version, "test", correlationId);
        frame.writeBytes(MessageUtil.toByteBufferAccessor(header.data(), header.headerVersion())
                .buffer());
        return frame.writeBytes(MessageUtil.toByteBufferAccessor(body, version).buffer());
    }

    private static FetchResponseData fetchResponse(FakeBytes bytes) {
        return new FetchResponseData()
                .setResponses(new ArrayList<>(List.of(new FetchableTopicResponse()
                        .setTopic("t")
                        .setPartitions(List.of(new PartitionData().setRecords(bytes))))));
    }

    /** Everything sent so far. */
    private byte[] outbound() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        WritableByteChannel target = Channels.newChannel(bytes);
        Object message = channel.readOutbound();
        while (message != null) {
            try {
                if (message instanceof FileRegion region) {
                    region.transferTo(target, 0);
                } else {
                    target.write(((ByteBuf) message).nioBuffer());
                }
            } catch (IOException e) {
                throw new AssertionError(e);
            }
            ReferenceCountUtil.release(message);
            message = channel.readOutbound();
        }
        return bytes.toByteArray();
    }

    /** Correlation ids of the replies sent so far. */
    private List<Integer> replies() {
        ByteBuffer all = ByteBuffer.wrap(outbound());
        List<Integer> ids = new ArrayList<>();
        while (all.hasRemaining()) {
            int length = all.getInt();
            ids.add(all.getInt(all.position()));
            all.position(all.position() + length);
        }
        return ids;
    }

    /** A handler whose answers the test gives. */
    private static final class Later implements ApiHandler<ApiMessage> {
        private final ApiKeys api;
        private final List<Promise<@Nullable ApiMessage>> promises = new ArrayList<>();
        private final List<Integer> abandoned = new ArrayList<>();
        private final List<Runnable> bytesDone = new ArrayList<>();

        Later(ApiKeys api) {
            this.api = api;
        }

        @Override
        public ApiKeys api() {
            return api;
        }

        @Override
        public Future<? extends @Nullable ApiMessage> handle(ApiMessage request, RequestContext context) {
            Promise<@Nullable ApiMessage> promise = Promise.promise();
            int index = promises.size();
            promises.add(promise);
            context.link().onAbandoned(() -> abandoned.add(index));
            bytesDone.add(context.link()::bytesDone);
            return promise.future();
        }

        void answer(int index) {
            answerWith(index, api == ApiKeys.HEARTBEAT ? new HeartbeatResponseData() : null);
        }

        void answerWith(int index, @Nullable ApiMessage response) {
            promises.get(index).complete(response);
        }

        void answerAll() {
            List.copyOf(promises)
                    .forEach(promise ->
                            promise.tryComplete(api == ApiKeys.HEARTBEAT ? new HeartbeatResponseData() : null));
        }
    }

    /** A network that takes nothing until it is told. */
    private static final class Unsent extends io.netty.channel.ChannelOutboundHandlerAdapter {
        private final List<Runnable> held = new ArrayList<>();

        @Override
        public void write(ChannelHandlerContext ctx, Object message, io.netty.channel.ChannelPromise promise) {
            held.add(() -> ctx.write(message, promise));
        }

        @Override
        public void flush(ChannelHandlerContext ctx) {
            held.add(ctx::flush);
        }

        void let() {
            held.forEach(Runnable::run);
        }
    }
}
