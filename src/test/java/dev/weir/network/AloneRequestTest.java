package dev.weir.network;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.config.BrokerConfig;
import dev.weir.metadata.ClusterImage;
import dev.weir.metadata.NewestImage;
import dev.weir.network.api.ApiHandler;
import dev.weir.network.api.ApiTable;
import dev.weir.network.api.BrokerView;
import dev.weir.network.api.RequestContext;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.channel.embedded.EmbeddedChannel;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.message.FetchRequestData;
import org.apache.kafka.common.message.FetchResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A request that wants its connection for itself, since its answer is large and lies on the heap. */
class AloneRequestTest {
    private static final long PATIENCE = 30_000_000_000L;

    private final List<Promise<ApiMessage>> asked = new ArrayList<>();
    private final List<Integer> ended = new ArrayList<>();
    private final EmbeddedChannel channel = new EmbeddedChannel();
    private final Unsent unsent = new Unsent();
    private final Connection connection;

    AloneRequestTest() {
        BrokerView view = new BrokerView(1, BrokerConfig.defaults(), new NewestImage(ClusterImage.empty("cluster")));
        RequestDispatcher dispatcher =
                new RequestDispatcher(new ApiTable(view, List.of(new Alone())), new ClientWarnings(0));
        RequestMemory memory = new RequestMemory(1 << 20);
        channel.pipeline().addLast("vertx", new ChannelInboundHandlerAdapter());
        connection = new Connection(
                1,
                "PLAINTEXT",
                InetAddress.getLoopbackAddress(),
                channel.pipeline().context("vertx"),
                dispatcher,
                new NetworkMetrics(new SimpleMeterRegistry(), new ConnectionQuotas(1, 1), memory),
                new ClientWarnings(0),
                new ConnectionQuotas(1, 1).admit(InetAddress.getLoopbackAddress(), NetworkOptions.Use.BOTH),
                System.nanoTime());
        channel.pipeline()
                .addBefore("vertx", "frames", new FrameAssembler(1 << 20, new FrameMemory(memory, memory), connection));
        channel.pipeline().addFirst(unsent);
        channel.closeFuture().addListener(closed -> connection.onClosed());
    }

    @AfterEach
    void close() {
        channel.close();
        channel.releaseOutbound();
    }

    @Test
    void shouldLookAtTheNextRequestOnlyWhenTheAnswerIsSent() {
        send(3);

        assertThat(asked).hasSize(1);
        asked.get(0).complete(new FetchResponseData());
        channel.runPendingTasks();
        assertThat(asked).hasSize(1);
        assertThat(ended).isEmpty();
        unsent.let();
        channel.runPendingTasks();

        assertThat(ended).containsExactly(0);
        assertThat(asked).hasSize(2);
    }

    @Test
    void shouldEndWithItsConnection() {
        send(1);

        channel.close();
        asked.get(0).complete(new FetchResponseData());

        assertThat(ended).containsExactly(0);
    }

    @Test
    void shouldEndWithItsConnectionThoughItsAnswerIsUnsent() {
        send(1);
        asked.get(0).complete(new FetchResponseData());

        channel.close();

        assertThat(ended).containsExactly(0);
    }

    @Test
    void shouldNotWaitForAPeerThatDoesNotTakeTheAnswer() {
        send(1);
        connection.closeIfStalled(System.nanoTime() + 2 * PATIENCE, PATIENCE);
        assertThat(channel.isOpen()).isTrue();
        asked.get(0).complete(new FetchResponseData());

        connection.closeIfStalled(System.nanoTime() + PATIENCE / 2, PATIENCE);
        assertThat(channel.isOpen()).isTrue();
        connection.closeIfStalled(System.nanoTime() + 2 * PATIENCE, PATIENCE);

        assertThat(channel.isOpen()).isFalse();
        assertThat(ended).containsExactly(0);
    }

    @Test
    void shouldNotWaitForTheRestOfALargeFrame() {
        connection.onLargeFrame(true);
        connection.closeIfStalled(System.nanoTime() + PATIENCE / 2, PATIENCE);
        connection.onLargeFrame(false);
        connection.closeIfStalled(System.nanoTime() + 2 * PATIENCE, PATIENCE);
        assertThat(channel.isOpen()).isTrue();
        connection.onLargeFrame(true);

        connection.closeIfStalled(System.nanoTime() + 2 * PATIENCE, PATIENCE);

        assertThat(channel.isOpen()).isFalse();
    }

    private void send(int requests) {
        for (int i = 1; i <= requests; i++) {
            var frame = ConnectionTest.frame(ApiKeys.FETCH, (short) 12, i, new FetchRequestData());
            channel.writeInbound(Unpooled.wrappedBuffer(Unpooled.buffer().writeInt(frame.readableBytes()), frame));
        }
    }

    private final class Alone implements ApiHandler<ApiMessage> {
        @Override
        public ApiKeys api() {
            return ApiKeys.FETCH;
        }

        @Override
        public Future<ApiMessage> handle(ApiMessage request, RequestContext context) {
            Promise<ApiMessage> promise = Promise.promise();
            int index = asked.size();
            asked.add(promise);
            context.link().alone(() -> ended.add(index));
            return promise.future();
        }
    }

    /** A network that takes nothing until it is told. */
    private static final class Unsent extends ChannelOutboundHandlerAdapter {
        private final List<Runnable> held = new ArrayList<>();

        @Override
        public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) {
            held.add(() -> ctx.write(message, promise));
        }

        @Override
        public void flush(ChannelHandlerContext ctx) {
            held.add(ctx::flush);
        }

        void let() {
            List<Runnable> now = List.copyOf(held);
            held.clear();
            now.forEach(Runnable::run);
        }
    }
}
