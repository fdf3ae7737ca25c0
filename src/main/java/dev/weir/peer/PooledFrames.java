package dev.weir.peer;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Frames of which each is one pooled buffer off the heap, whose records can be written to a file as they are. Nothing is copied
 * twice in a frame of up to {@value #WHOLE_BYTES} bytes; a larger one grows with the bytes that really come.
 */
final class PooledFrames extends IncomingFrames {
    private static final int WHOLE_BYTES = 16 << 20;

    private final Sink sink;
    private @Nullable ByteBuf frame;

    PooledFrames(int maxFrameBytes, Sink sink) {
        super(maxFrameBytes, sink);
        this.sink = sink;
    }

    @Override
    void begin(ChannelHandlerContext ctx, int frameBytes) {
        frame = ctx.alloc().directBuffer(Math.min(frameBytes, WHOLE_BYTES), frameBytes);
    }

    @Override
    boolean fill(ByteBuf bytes, int frameBytes) {
        ByteBuf begun = Objects.requireNonNull(frame);
        int take = Math.min(frameBytes - begun.writerIndex(), bytes.readableBytes());
        if (take > begun.writableBytes()) {
            begun.capacity(grown(begun.capacity(), begun.writerIndex() + (long) take, frameBytes));
        }
        bytes.readBytes(begun, take);
        return begun.writerIndex() == frameBytes;
    }

    @Override
    void deliver(int frameBytes) {
        ByteBuf whole = Objects.requireNonNull(frame);
        frame = null;
        sink.onPooledFrame(whole);
    }

    @Override
    void forget() {
        ByteBuf begun = frame;
        if (begun != null) {
            frame = null;
            begun.release();
        }
    }

    /** Takes what the peer sends. */
    interface Sink extends GarbageSink {
        /** A whole response without its length field. The receiver releases it. */
        void onPooledFrame(ByteBuf pooled);
    }
}
