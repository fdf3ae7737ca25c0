package dev.weir.peer;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PooledFramesTest implements PooledFrames.Sink {
    private static final int MAX = 40 << 20;

    private final List<ByteBuf> frames = new ArrayList<>();
    private final List<String> garbage = new ArrayList<>();
    private final PooledFrames assembler = new PooledFrames(MAX, this);
    private final EmbeddedChannel channel = new EmbeddedChannel(assembler);

    @Override
    public void onPooledFrame(ByteBuf pooled) {
        frames.add(pooled);
    }

    @Override
    public void onGarbage(String what) {
        garbage.add(what);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3, 7, 200_000})
    void shouldPutFramesTogetherFromPiecesOfAnySize(int piece) {
        byte[] large = new byte[150_000];
        large[149_999] = 9;
        ByteBuf bytes =
                Unpooled.wrappedBuffer(frame(new byte[] {0, 0, 0, 1}), frame(large), frame(new byte[] {0, 0, 0, 2, 5}));

        while (bytes.isReadable()) {
            channel.writeInbound(bytes.readRetainedSlice(Math.min(piece, bytes.readableBytes())));
        }

        assertThat(frames.stream().map(ByteBufUtil::getBytes))
                .containsExactly(new byte[] {0, 0, 0, 1}, large, new byte[] {0, 0, 0, 2, 5});
        assertThat(frames).allMatch(ByteBuf::isDirect).allMatch(frame -> frame.refCnt() == 1);
        assertThat(garbage).isEmpty();
    }

    @Test
    void shouldGrowWithTheBytesOfAVeryLargeFrame() {
        int size = 33 << 20;
        channel.writeInbound(Unpooled.buffer().writeInt(size));
        ByteBuf piece = Unpooled.wrappedBuffer(new byte[1 << 20]);

        for (int i = 0; i < 33; i++) {
            channel.writeInbound(piece.retainedDuplicate());
        }

        assertThat(frames).hasSize(1);
        assertThat(frames.get(0).readableBytes()).isEqualTo(size);
        frames.get(0).release();
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 0, 3, MAX + 1})
    void shouldReadNothingAfterALengthThatCannotBe(int length) {
        channel.writeInbound(Unpooled.buffer().writeInt(length).writeBytes(frame(new byte[4])));
        channel.writeInbound(Unpooled.wrappedBuffer(frame(new byte[4])));

        assertThat(garbage).hasSize(1);
        assertThat(frames).isEmpty();
    }

    @Test
    void shouldReadNothingAfterTheEndAndKeepNoFrame() {
        channel.writeInbound(Unpooled.wrappedBuffer(new byte[] {0, 0, 0, 8, 0, 0, 0}));

        assembler.end();
        channel.writeInbound(Unpooled.wrappedBuffer(new byte[] {0, 0, 0, 0, 1}));

        assertThat(frames).isEmpty();
    }

    private static byte[] frame(byte[] content) {
        return ByteBuffer.allocate(4 + content.length)
                .putInt(content.length)
                .put(content)
                .array();
    }
}
