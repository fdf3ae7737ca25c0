package dev.weir.bench.raw;

import java.io.EOFException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * One plain blocking connection: whole frames out, whole frames in, one buffer for the answers. One thread uses it; a
 * clock closes it when its time is up, so that no read or write lasts for ever.
 */
public final class RawConnection implements AutoCloseable {
    private static final int MAX_FRAME_BYTES = 128 << 20;

    private static final ScheduledExecutorService CLOCK = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread thread = new Thread(task, "close-late-connections");
        thread.setDaemon(true);
        return thread;
    });

    private final SocketChannel channel;
    private final Future<?> closing;
    private final ByteBuffer length = ByteBuffer.allocateDirect(Integer.BYTES);
    private ByteBuffer answer = ByteBuffer.allocateDirect(64 << 10);

    private RawConnection(SocketChannel channel, Future<?> closing) {
        this.channel = channel;
        this.closing = closing;
    }

    /** Connects; {@code limit} bounds the whole life of the connection. */
    public static RawConnection open(InetSocketAddress address, Duration limit) throws IOException {
        SocketChannel channel = SocketChannel.open(address);
        channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
        return new RawConnection(
                channel, CLOCK.schedule(() -> closeQuietly(channel), limit.toMillis(), TimeUnit.MILLISECONDS));
    }

    /** Writes the whole frame; its position and limit stay as they are. */
    public void write(ByteBuffer frame) throws IOException {
        ByteBuffer rest = frame.duplicate();
        while (rest.hasRemaining()) {
            channel.write(rest);
        }
    }

    /** The next answer without its length prefix; valid until the next call. */
    public ByteBuffer read() throws IOException {
        fill(length.clear());
        int size = length.flip().getInt();
        if (size < Integer.BYTES || size > MAX_FRAME_BYTES) {
            throw new IOException("a frame of " + size + " bytes");
        }
        if (answer.capacity() < size) {
            answer = ByteBuffer.allocateDirect(Integer.highestOneBit(size) << 1);
        }
        fill(answer.clear().limit(size));
        return answer.flip();
    }

    private void fill(ByteBuffer buffer) throws IOException {
        while (buffer.hasRemaining()) {
            if (channel.read(buffer) < 0) {
                throw new EOFException("the broker closed the connection");
            }
        }
    }

    @Override
    public void close() {
        closing.cancel(false);
        closeQuietly(channel);
    }

    private static void closeQuietly(SocketChannel channel) {
        try {
            channel.close();
        } catch (IOException e) {
            // Nothing is lost: everything that was to be read has been read.
        }
    }
}
