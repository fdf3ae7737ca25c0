package dev.weir.network;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Cuts the byte stream of one connection into frames, each in one pooled buffer of exactly its size. A frame above 64
 * KiB starts small and grows with the bytes that really come, so that a length alone costs nothing. Memory is taken when the API
 * is known: what brokers say to each other needs none of the clients' ({@link FrameMemory}). Sits in the connection's pipeline and runs on its event loop.
 */
final class FrameAssembler extends ChannelInboundHandlerAdapter {
    private static final int LENGTH_FIELD = 4;
    private static final int KEY_BYTES = 2;
    private static final int FIRST_BYTES = 64 << 10;

    private final int maxFrameBytes;
    private final FrameMemory memory;
    private final FrameSink sink;
    private final Runnable retry = this::retryLater;

    private int lengthBytesRead;
    private int length;
    private int keyBytesRead;
    private short apiKey;
    private @Nullable ByteBuf frame;
    private RequestMemory.@Nullable Reservation reserved;
    private @Nullable ByteBuf held;
    private boolean large;
    private boolean waitingForMemory;
    private boolean closed;
    private @Nullable ChannelHandlerContext context;

    FrameAssembler(int maxFrameBytes, FrameMemory memory, FrameSink sink) {
        this.maxFrameBytes = maxFrameBytes;
        this.memory = memory;
        this.sink = sink;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        context = ctx;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        ByteBuf bytes = (ByteBuf) message;
        if (closed) {
            bytes.release();
        } else if (held != null) {
            held = ctx.alloc().compositeBuffer().addComponent(true, held).addComponent(true, bytes);
        } else {
            consume(ctx, bytes);
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        sink.onReadComplete();
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        ctx.fireChannelWritabilityChanged();
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext ctx) {
        close();
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        close();
        ctx.fireChannelInactive();
    }

    private void consume(ChannelHandlerContext ctx, ByteBuf bytes) {
        while ((bytes.isReadable() || canGoOn()) && !closed) {
            if (lengthBytesRead == 0 && !sink.takesMore()) {
                held = bytes;
                sink.onHeld(this::takeMoreLater);
                return;
            }
            if (frame == null && !beginFrame(ctx, bytes)) {
                if (waitingForMemory) {
                    held = bytes;
                    return;
                }
                break;
            }
            if (!fill(bytes)) {
                held = bytes;
                return;
            }
        }
        bytes.release();
    }

    /** Whether no more bytes are needed for the next step. */
    private boolean canGoOn() {
        ByteBuf begun = frame;
        return begun == null
                ? lengthBytesRead == LENGTH_FIELD && keyBytesRead == Math.min(KEY_BYTES, length)
                : begun.writerIndex() == length;
    }

    /** Reads the length and the key and takes memory; false when bytes, memory or sense are missing. */
    private boolean beginFrame(ChannelHandlerContext ctx, ByteBuf bytes) {
        while (lengthBytesRead < LENGTH_FIELD) {
            if (!bytes.isReadable()) {
                return false;
            }
            length = length << 8 | (bytes.readByte() & 0xFF);
            lengthBytesRead++;
        }
        if (length <= 0 || length > maxFrameBytes) {
            closed = true;
            sink.onBadLength(length, maxFrameBytes);
            return false;
        }
        int keyBytes = Math.min(KEY_BYTES, length);
        while (keyBytesRead < keyBytes) {
            if (!bytes.isReadable()) {
                return false;
            }
            apiKey = (short) (apiKey << 8 | (bytes.readByte() & 0xFF));
            keyBytesRead++;
        }
        int first = Math.min(length, FIRST_BYTES);
        boolean exemptApi = keyBytes == KEY_BYTES && PeerFrames.has(apiKey);
        boolean ofBroker = exemptApi && length > FrameMemory.EXEMPT_BYTES && sink.isOfBroker();
        reserved = memory.reserve(exemptApi, length, ofBroker, first, retry);
        if (reserved == null) {
            return awaitMemory();
        }
        large = memory.isLarge(exemptApi, length, ofBroker);
        if (large) {
            sink.onLargeFrame(true);
        }
        ByteBuf begun = ctx.alloc().directBuffer(first, length);
        frame = keyBytes == KEY_BYTES ? begun.writeShort(apiKey) : begun.writeByte(apiKey);
        return true;
    }

    private boolean awaitMemory() {
        waitingForMemory = true;
        sink.onMemoryWait(true);
        return false;
    }

    /** Takes what belongs to the frame; false when the frame's memory is missing. */
    private boolean fill(ByteBuf bytes) {
        ByteBuf target = frame;
        RequestMemory.Reservation granted = reserved;
        if (target == null || granted == null) {
            return true;
        }
        int missing = length - target.writerIndex();
        if (target.writableBytes() < missing && target.writableBytes() < bytes.readableBytes()) {
            int capacity = (int) Math.min(
                    length, Math.max(2L * target.capacity(), target.writerIndex() + (long) bytes.readableBytes()));
            if (!granted.more(capacity - target.capacity(), retry)) {
                return awaitMemory();
            }
            target.capacity(capacity);
        }
        bytes.readBytes(target, Math.min(missing, bytes.readableBytes()));
        if (target.writerIndex() == length) {
            frame = null;
            reserved = null;
            length = 0;
            lengthBytesRead = 0;
            keyBytesRead = 0;
            apiKey = 0;
            if (large) {
                large = false;
                sink.onLargeFrame(false);
            }
            sink.onFrame(target, granted);
        }
        return true;
    }

    /** There may be memory again; called from any thread. */
    private void retryLater() {
        later(ctx -> {
            waitingForMemory = false;
            resume(ctx);
        });
    }

    private void takeMoreLater() {
        later(ctx -> {
            if (!waitingForMemory) {
                resume(ctx);
            }
        });
    }

    private void later(Consumer<ChannelHandlerContext> action) {
        ChannelHandlerContext ctx = context;
        if (ctx != null) {
            ctx.executor().execute(() -> action.accept(ctx));
        }
    }

    private void resume(ChannelHandlerContext ctx) {
        ByteBuf bytes = held;
        if (closed || bytes == null) {
            return;
        }
        held = null;
        consume(ctx, bytes);
        if (!closed) {
            if (!waitingForMemory) {
                sink.onMemoryWait(false);
            }
            sink.onReadComplete();
        }
    }

    private void close() {
        closed = true;
        memory.cancel(retry);
        if (frame != null) {
            frame.release();
            frame = null;
        }
        RequestMemory.Reservation memoryOfFrame = reserved;
        if (memoryOfFrame != null) {
            reserved = null;
            memoryOfFrame.release();
        }
        if (held != null) {
            held.release();
            held = null;
        }
    }

    /** What a connection hears from its assembler, on the event loop. */
    interface FrameSink {
        /** A whole frame without its length field. The receiver releases the buffer and its memory. */
        void onFrame(ByteBuf frame, RequestMemory.Reservation reserved);

        /** The length cannot be; nothing more is read. */
        void onBadLength(int length, int maxFrameBytes);

        /** Whether another frame may be handed over now. If not, {@link #onHeld} follows. */
        boolean takesMore();

        /** Bytes are held back; {@code more} is to be called once when frames are taken again. */
        void onHeld(Runnable more);

        /** There is no memory for the next frame (true), or there is again (false). */
        void onMemoryWait(boolean waiting);

        /** Whether the connection is known to be a broker's. */
        boolean isOfBroker();

        /** A frame in the memory of brokers has begun to arrive (true), or is whole (false). */
        void onLargeFrame(boolean underWay);

        /** What the socket had for now has been handed over. */
        void onReadComplete();
    }
}
