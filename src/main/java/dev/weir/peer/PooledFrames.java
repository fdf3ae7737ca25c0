package dev.weir.peer;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import org.jspecify.annotations.Nullable;

/**
 * As {@link ResponseFrames}, but each frame is one pooled buffer off the heap, whose records can be written to a file as they are.
 * Nothing is copied twice in a frame of up to {@value #WHOLE_BYTES} bytes; a larger one grows with the bytes that really come. Sits
 * in the connection's pipeline and runs on its event loop.
 */
final class PooledFrames extends ChannelInboundHandlerAdapter {
    private static final int LENGTH_FIELD = 4;
    private static final int WHOLE_BYTES = 16 << 20;

    private final int maxFrameBytes;
    private final Sink sink;
    private int lengthBytesRead;
    private int length;
    private @Nullable ByteBuf frame;
    private boolean ended;

    PooledFrames(int maxFrameBytes, Sink sink) {
        this.maxFrameBytes = maxFrameBytes;
        this.sink = sink;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        ByteBuf bytes = (ByteBuf) message;
        try {
            while (bytes.isReadable() && !ended) {
                ByteBuf begun = frame;
                if (begun == null) {
                    readLength(ctx, bytes);
                } else {
                    fill(begun, bytes);
                }
            }
        } finally {
            bytes.release();
        }
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext ctx) {
        end();
    }

    /** Takes no more bytes. */
    void end() {
        ended = true;
        ByteBuf begun = frame;
        if (begun != null) {
            frame = null;
            begun.release();
        }
    }

    private void readLength(ChannelHandlerContext ctx, ByteBuf bytes) {
        length = length << 8 | (bytes.readByte() & 0xFF);
        lengthBytesRead++;
        if (lengthBytesRead < LENGTH_FIELD) {
            return;
        }
        if (length < Integer.BYTES || length > maxFrameBytes) {
            ended = true;
            sink.onGarbage("a response of " + length + " bytes; at most " + maxFrameBytes + " are taken");
            return;
        }
        frame = ctx.alloc().directBuffer(Math.min(length, WHOLE_BYTES), length);
    }

    private void fill(ByteBuf begun, ByteBuf bytes) {
        int take = Math.min(length - begun.writerIndex(), bytes.readableBytes());
        if (take > begun.writableBytes()) {
            begun.capacity((int) Math.min(length, Math.max(2L * begun.capacity(), begun.writerIndex() + (long) take)));
        }
        bytes.readBytes(begun, take);
        if (begun.writerIndex() == length) {
            frame = null;
            length = 0;
            lengthBytesRead = 0;
            sink.onPooledFrame(begun);
        }
    }

    /** Takes what the peer sends. */
    interface Sink {
        /** A whole response without its length field. The receiver releases it. */
        void onPooledFrame(ByteBuf pooled);

        /** The peer has sent what cannot be a response; nothing more is read. */
        void onGarbage(String what);
    }
}
