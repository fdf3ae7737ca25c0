package dev.weir.peer;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import java.nio.ByteBuffer;
import java.util.Arrays;

/** Frames on the heap, which responses may keep views of. A large frame grows with the bytes that really come. */
final class ResponseFrames extends IncomingFrames {
    private static final int FIRST_BYTES = 64 << 10;
    private static final byte[] NONE = {};

    private final Sink sink;
    private byte[] frame = NONE;
    private int filled;

    ResponseFrames(int maxFrameBytes, Sink sink) {
        super(maxFrameBytes, sink);
        this.sink = sink;
    }

    @Override
    void begin(ChannelHandlerContext ctx, int frameBytes) {
        frame = new byte[Math.min(frameBytes, FIRST_BYTES)];
        filled = 0;
    }

    @Override
    boolean fill(ByteBuf bytes, int frameBytes) {
        int take = Math.min(frameBytes - filled, bytes.readableBytes());
        if (filled + take > frame.length) {
            frame = Arrays.copyOf(frame, grown(frame.length, filled + (long) take, frameBytes));
        }
        bytes.readBytes(frame, filled, take);
        filled += take;
        return filled == frameBytes;
    }

    @Override
    void deliver(int frameBytes) {
        ByteBuffer whole = ByteBuffer.wrap(frame, 0, frameBytes);
        frame = NONE;
        sink.onFrame(whole);
    }

    @Override
    void forget() {
        frame = NONE;
    }

    /** Takes what the peer sends. */
    interface Sink extends GarbageSink {
        /** A whole response without its length field, which nobody else holds. */
        void onFrame(ByteBuffer frame);
    }
}
