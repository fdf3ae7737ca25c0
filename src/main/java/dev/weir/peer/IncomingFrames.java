package dev.weir.peer;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;

/**
 * Cuts the bytes from a peer into frames; where the bytes of a frame lie is the subclass's matter. Sits in the connection's
 * pipeline and runs on its event loop.
 */
abstract class IncomingFrames extends ChannelInboundHandlerAdapter {
    private static final int LENGTH_FIELD = 4;

    private final int maxFrameBytes;
    private final GarbageSink garbage;
    private int lengthBytesRead;
    private int length;
    private boolean ended;

    IncomingFrames(int maxFrameBytes, GarbageSink garbage) {
        this.maxFrameBytes = maxFrameBytes;
        this.garbage = garbage;
    }

    /** A frame of this many bytes comes. */
    abstract void begin(ChannelHandlerContext ctx, int frameBytes);

    /** Takes what there is of the frame of {@code frameBytes} that has begun; true if that makes it whole. */
    abstract boolean fill(ByteBuf bytes, int frameBytes);

    /** Passes on the frame, which is whole; nothing of it is kept. */
    abstract void deliver(int frameBytes);

    /** Gives back the memory of a frame that has begun, if one has. */
    abstract void forget();

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        ByteBuf bytes = (ByteBuf) message;
        try {
            while (bytes.isReadable() && !ended) {
                if (lengthBytesRead < LENGTH_FIELD) {
                    readLength(ctx, bytes);
                } else if (fill(bytes, length)) {
                    int whole = length;
                    length = 0;
                    lengthBytesRead = 0;
                    deliver(whole);
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
    final void end() {
        ended = true;
        forget();
    }

    private void readLength(ChannelHandlerContext ctx, ByteBuf bytes) {
        length = length << 8 | (bytes.readByte() & 0xFF);
        lengthBytesRead++;
        if (lengthBytesRead < LENGTH_FIELD) {
            return;
        }
        if (length < Integer.BYTES || length > maxFrameBytes) {
            ended = true;
            garbage.onGarbage("a response of " + length + " bytes; at most " + maxFrameBytes + " are taken");
            return;
        }
        begin(ctx, length);
    }

    /** The size to which a buffer of a frame grows that is to hold {@code needed} bytes. */
    static int grown(int capacity, long needed, int frameBytes) {
        return (int) Math.min(frameBytes, Math.max(2L * capacity, needed));
    }

    /** Hears of what cannot be taken. */
    interface GarbageSink {
        /** The peer has sent what cannot be a response; nothing more is read. */
        void onGarbage(String what);
    }
}
