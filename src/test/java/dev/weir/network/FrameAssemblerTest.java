package dev.weir.network;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.apache.kafka.common.protocol.ApiKeys;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FrameAssemblerTest {
    private static final int MAX = 5 << 20;

    private final RequestMemory memory = new RequestMemory(10 << 20);
    private final RequestMemory ofBrokers = new RequestMemory(1 << 20);
    private final Frames frames = new Frames();
    private final List<ByteBuf> sent = new ArrayList<>();
    private EmbeddedChannel channel = channel(memory);

    @AfterEach
    void shouldLeakNothing() {
        channel.close();
        channel.runPendingTasks();
        frames.releaseAll();
        assertThat(sent).allSatisfy(buffer -> assertThat(buffer.refCnt()).isZero());
        assertThat(frames.buffers)
                .allSatisfy(buffer -> assertThat(buffer.refCnt()).isZero());
        assertThat(memory.used()).isZero();
    }

    @Test
    void shouldCutTwoFramesWhereverTheStreamIsCut() {
        byte[] stream = bytes(frame(new byte[] {1, 2, 3}), frame(new byte[] {4, 5, 6, 7, 8}));
        for (int cut = 1; cut < stream.length; cut++) {
            frames.forget();
            send(Unpooled.copiedBuffer(stream, 0, cut));
            send(Unpooled.copiedBuffer(stream, cut, stream.length - cut));

            assertThat(frames.contents).containsExactly(new byte[] {1, 2, 3}, new byte[] {4, 5, 6, 7, 8});
        }
    }

    @Test
    void shouldTakeAByteAtATime() {
        for (byte one : bytes(frame(new byte[] {1, 2, 3}))) {
            send(Unpooled.wrappedBuffer(new byte[] {one}));
        }

        assertThat(frames.contents).containsExactly(new byte[] {1, 2, 3});
    }

    @Test
    void shouldHandOverManyFramesOfOneRead() {
        byte[][] all = new byte[50][];
        for (int i = 0; i < all.length; i++) {
            all[i] = frame(new byte[] {(byte) i});
        }

        send(Unpooled.wrappedBuffer(bytes(all)));

        assertThat(frames.contents).hasSize(50);
        assertThat(frames.contents.get(49)).containsExactly(49);
        assertThat(memory.used()).isEqualTo(50);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, -1, Integer.MIN_VALUE, MAX + 1, Integer.MAX_VALUE})
    void shouldRefuseALengthThatCannotBeAndReadNoFurther(int length) {
        send(Unpooled.buffer().writeInt(length).writeBytes(frame(new byte[] {1})));
        send(Unpooled.wrappedBuffer(frame(new byte[] {2})));

        assertThat(frames.badLengths).containsExactly(length);
        assertThat(frames.contents).isEmpty();
    }

    @Test
    void shouldGrowALargeFrameWithWhatComes() {
        byte[] large = new byte[3_500_000];
        new Random(1).nextBytes(large);
        byte[] stream = frame(large);

        send(Unpooled.copiedBuffer(stream, 0, 4));
        assertThat(memory.used()).isLessThan(stream.length);
        for (int at = 4; at < stream.length; at += 65_536) {
            send(Unpooled.copiedBuffer(stream, at, Math.min(65_536, stream.length - at)));
        }

        assertThat(frames.contents).containsExactly(large);
        assertThat(memory.used()).isEqualTo(large.length);
    }

    @Test
    void shouldLetNoSecondLargeFrameGrowBeyondTheMemory() {
        RequestMemory little = new RequestMemory(64 << 10);
        channel = channel(little);
        byte[] large = new byte[1_000_000];
        new Random(2).nextBytes(large);
        send(Unpooled.wrappedBuffer(bytes(frame(large), frame(large))));

        assertThat(frames.contents).containsExactly(large);
        assertThat(frames.waiting).isTrue();
        assertThat(little.used()).isEqualTo(large.length);
        frames.releaseFirst();
        channel.runPendingTasks();

        assertThat(frames.contents).containsExactly(large, large);
        assertThat(frames.waiting).isFalse();
        frames.releaseFirst();
        assertThat(little.used()).isZero();
    }

    @Test
    void shouldWaitForMemoryAndGoOn() {
        RequestMemory little = new RequestMemory(1);
        channel = channel(little);
        send(Unpooled.wrappedBuffer(frame(new byte[100])));
        send(Unpooled.wrappedBuffer(frame(new byte[] {1})));
        assertThat(frames.contents).hasSize(1);
        assertThat(frames.waiting).isTrue();

        send(Unpooled.wrappedBuffer(frame(new byte[] {2})));
        frames.releaseFirst();
        channel.runPendingTasks();

        assertThat(frames.contents.subList(1, 2)).containsExactly(new byte[] {1});
        assertThat(frames.waiting).isTrue();
        frames.releaseFirst();
        channel.runPendingTasks();
        assertThat(frames.contents.subList(2, 3)).containsExactly(new byte[] {2});
        assertThat(frames.waiting).isFalse();
        frames.releaseFirst();
        assertThat(little.used()).isZero();
    }

    @Test
    void shouldTakeNoMemoryForASmallFrameOfWhateverBrokersSay() {
        RequestMemory little = new RequestMemory(1);
        channel = channel(little);
        send(Unpooled.wrappedBuffer(frame(new byte[100])));
        byte[] vote = vote(FrameMemory.EXEMPT_BYTES);

        sendInPieces(frame(vote), 1_000);

        assertThat(frames.contents).hasSize(2);
        assertThat(frames.contents.get(1)).isEqualTo(vote);
        assertThat(little.used()).isEqualTo(100);
        frames.releaseAll();
        assertThat(little.used()).isZero();
    }

    @Test
    void shouldTakeMemoryForALargerFrameOfWhoeverIsNoBroker() {
        byte[] vote = vote(FrameMemory.EXEMPT_BYTES + 1);

        sendInPieces(frame(vote), 100_000);

        assertThat(memory.used()).isEqualTo(vote.length);
    }

    @Test
    void shouldTakeNoMemoryForALargerFrameOfABroker() {
        frames.ofBroker = true;
        byte[] vote = vote(FrameMemory.EXEMPT_BYTES_OF_BROKER);

        sendInPieces(frame(vote), 100_000);

        assertThat(frames.contents).hasSize(1);
        assertThat(memory.used()).isZero();
        assertThat(ofBrokers.used()).isZero();
    }

    @Test
    void shouldTakeTheBrokersMemoryForALargeFrameOfABrokerThoughClientsHaveUsedUpTheirs() {
        RequestMemory little = new RequestMemory(1);
        channel = channel(little);
        send(Unpooled.wrappedBuffer(frame(new byte[100])));
        frames.ofBroker = true;
        byte[] vote = vote(2 << 20);

        byte[] all = frame(vote);
        sendInPieces(Arrays.copyOf(all, all.length - 1), 100_000);
        assertThat(ofBrokers.used()).isEqualTo(vote.length);
        assertThat(frames.largeUnderWay).isTrue();
        send(Unpooled.wrappedBuffer(new byte[1]));

        assertThat(frames.contents).hasSize(2);
        assertThat(frames.largeUnderWay).isFalse();
        assertThat(little.used()).isEqualTo(100);
        frames.releaseAll();
        assertThat(ofBrokers.used()).isZero();
    }

    private static byte[] vote(int bytes) {
        byte[] vote = new byte[bytes];
        vote[1] = (byte) ApiKeys.VOTE.id;
        return vote;
    }

    private void sendInPieces(byte[] bytes, int piece) {
        for (int from = 0; from < bytes.length; from += piece) {
            send(Unpooled.copiedBuffer(bytes, from, Math.min(piece, bytes.length - from)));
        }
    }

    @Test
    void shouldHoldBackWhatTheSinkDoesNotTake() {
        frames.limit = 2;
        send(Unpooled.wrappedBuffer(bytes(frame(new byte[] {1}), frame(new byte[] {2}), frame(new byte[] {3}))));
        send(Unpooled.wrappedBuffer(frame(new byte[] {4})));
        assertThat(frames.contents).hasSize(2);

        frames.limit = 10;
        frames.more();
        channel.runPendingTasks();

        assertThat(frames.contents).hasSize(4);
        assertThat(frames.contents.get(3)).containsExactly(4);
    }

    @Test
    void shouldGiveEverythingBackWhenTheChannelClosesMidFrame() {
        send(Unpooled.copiedBuffer(frame(new byte[2_000_000]), 0, 1_500_000));
        assertThat(memory.used()).isPositive();

        channel.close();

        assertThat(memory.used()).isZero();
    }

    @Test
    void shouldGiveEverythingBackWhenTheChannelClosesWhileItWaits() {
        frames.limit = 0;
        send(Unpooled.wrappedBuffer(frame(new byte[10])));

        channel.close();
        frames.more();
        channel.runPendingTasks();

        assertThat(sent.get(0).refCnt()).isZero();
        assertThat(frames.contents).isEmpty();
    }

    private void send(ByteBuf buffer) {
        sent.add(buffer);
        channel.writeInbound(buffer);
    }

    private EmbeddedChannel channel(RequestMemory from) {
        return new EmbeddedChannel(new FrameAssembler(MAX, new FrameMemory(from, ofBrokers), frames));
    }

    private static byte[] frame(byte[] content) {
        return bytes(
                new byte[] {
                    (byte) (content.length >>> 24),
                    (byte) (content.length >>> 16),
                    (byte) (content.length >>> 8),
                    (byte) content.length
                },
                content);
    }

    private static byte[] bytes(byte[]... parts) {
        return ByteBufUtil.getBytes(Unpooled.wrappedBuffer(parts));
    }

    /** Keeps what it is handed until it is told to release it. */
    private static final class Frames implements FrameAssembler.FrameSink {
        private final List<byte[]> contents = new ArrayList<>();
        private final List<ByteBuf> buffers = new ArrayList<>();
        private final List<RequestMemory.Reservation> reservations = new ArrayList<>();
        private final List<Integer> badLengths = new ArrayList<>();
        private @Nullable Runnable held;
        private boolean waiting;
        private boolean ofBroker;
        private boolean largeUnderWay;
        private int limit = Integer.MAX_VALUE;
        private int released;

        @Override
        public void onFrame(ByteBuf frame, RequestMemory.Reservation reserved) {
            contents.add(ByteBufUtil.getBytes(frame));
            buffers.add(frame);
            reservations.add(reserved);
        }

        @Override
        public void onBadLength(int length, int maxFrameBytes) {
            badLengths.add(length);
        }

        @Override
        public boolean takesMore() {
            return contents.size() < limit;
        }

        @Override
        public void onHeld(Runnable more) {
            held = more;
        }

        @Override
        public void onMemoryWait(boolean nowWaiting) {
            waiting = nowWaiting;
        }

        @Override
        public boolean isOfBroker() {
            return ofBroker;
        }

        @Override
        public void onLargeFrame(boolean underWay) {
            largeUnderWay = underWay;
        }

        @Override
        public void onReadComplete() {}

        void more() {
            Objects.requireNonNull(held).run();
        }

        void releaseFirst() {
            buffers.get(released).release();
            reservations.get(released++).release();
        }

        void releaseAll() {
            while (released < buffers.size()) {
                releaseFirst();
            }
        }

        void forget() {
            releaseAll();
            contents.clear();
        }
    }
}
