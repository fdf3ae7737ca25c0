package dev.weir.peer;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * Cuts the bytes from a peer into frames on the heap, which responses may keep views of. A large frame grows with the bytes that
 * really come. Sits in the connection's pipeline and runs on its event loop.
 */
final class ResponseFrames extends ChannelInboundHandlerAdapter {
    private static final int LENGTH_FIELD = 4;
    private static final int FIRST_BYTES = 64 << 10;

    private final int maxFrameBytes;
    private final Sink sink;
    private int lengthBytesRead;
    private int length;
    private byte[] frame = new byte[0];
    private int filled;
    private boolean ended;

    ResponseFrames(int maxFrameBytes, Sink sink) {
        this.maxFrameBytes = maxFrameBytes;
        this.sink = sink;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        ByteBuf bytes = (ByteBuf) message;
        try {
            while (bytes.isReadable() && !ended) {
                if (lengthBytesRead < LENGTH_FIELD) {
                    readLength(bytes);
                } else {
                    fill(bytes);
                }
            }
        } finally {
            bytes.release();
        }
    }

    /** Takes no more bytes. */
    void end() {
        ended = true;
        frame = new byte[0];
    }

    private void readLength(ByteBuf bytes) {
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
        frame = new byte[Math.min(length, FIRST_BYTES)];
        filled = 0;
    }

    private void fill(ByteBuf bytes) {
        int take = Math.min(length - filled, bytes.readableBytes());
        if (filled + take > frame.length) {
            frame = Arrays.copyOf(frame, (int) Math.min(length, Math.max(2L * frame.length, filled + (long) take)));
        }
        bytes.readBytes(frame, filled, take);
        filled += take;
        if (filled == length) {
            ByteBuffer whole = ByteBuffer.wrap(frame, 0, length);
            frame = new byte[0];
            length = 0;
            lengthBytesRead = 0;
            sink.onFrame(whole);
        }
    }

    /** Takes what the peer sends. */
    interface Sink {
        /** A whole response without its length field, which nobody else holds. */
        void onFrame(ByteBuffer frame);

        /** The peer has sent what cannot be a response; nothing more is read. */
        void onGarbage(String what);
    }
}
