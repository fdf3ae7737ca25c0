package dev.weir.bench.raw;

import java.io.EOFException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.HdrHistogram.Histogram;

/**
 * Many connections on one selector, each sending its small Produce frame at a fixed pace. A latency counts from the
 * moment a request was due to the moment its answer was read. One thread uses it.
 */
public final class ManyConnections implements AutoCloseable {
    /** Connections made at once: more than a listen queue holds would wait a second each for a second try. */
    private static final int BURST = 20;

    private static final long BETWEEN_BURSTS_NANOS = 10_000_000;

    private static final long HIGHEST_NANOS = Duration.ofMinutes(2).toNanos();

    private final Selector selector;
    private final List<Small> connections = new ArrayList<>();
    private final Histogram latencies = new Histogram(HIGHEST_NANOS, 3);

    /** @param frames one for each connection; they must be small enough for a socket's buffer */
    public ManyConnections(InetSocketAddress address, List<ProduceFrame> frames) throws IOException {
        selector = Selector.open();
        for (ProduceFrame frame : frames) {
            SocketChannel channel = SocketChannel.open(address);
            channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
            channel.configureBlocking(false);
            Small connection = new Small(channel, frame.bytes());
            channel.register(selector, SelectionKey.OP_READ, connection);
            connections.add(connection);
            if (connections.size() % BURST == 0) {
                LockSupport.parkNanos(BETWEEN_BURSTS_NANOS);
            }
        }
    }

    /**
     * Each connection sends {@code requests} requests, one every {@code interval}, evenly staggered; ends when all are
     * answered.
     *
     * @return the latencies in nanoseconds
     */
    public Histogram run(int requests, Duration interval, Duration limit) throws IOException {
        long start = System.nanoTime();
        long total = (long) requests * connections.size();
        double stepNanos = (double) interval.toNanos() / connections.size();
        long sent = 0;
        while (latencies.getTotalCount() < total) {
            if (System.nanoTime() - start > limit.toNanos()) {
                throw new IOException(total - latencies.getTotalCount() + " requests had no answer in time");
            }
            long due = start + (long) (sent * stepNanos);
            if (sent < total && System.nanoTime() >= due) {
                connections.get((int) (sent % connections.size())).send(due);
                sent++;
                receive(selector.selectNow());
            } else {
                receive(selector.select(1));
            }
        }
        return latencies;
    }

    private void receive(int ready) throws IOException {
        if (ready > 0) {
            for (SelectionKey key : selector.selectedKeys()) {
                ((Small) key.attachment()).receive(latencies);
            }
            selector.selectedKeys().clear();
        }
    }

    @Override
    public void close() throws IOException {
        for (Small connection : connections) {
            connection.channel.close();
        }
        selector.close();
    }

    /** One connection; its answers come in the order of its requests. */
    private static final class Small {
        private final SocketChannel channel;
        private final ByteBuffer request;
        private final ByteBuffer input = ByteBuffer.allocate(4096);
        private final ArrayDeque<Long> dueTimes = new ArrayDeque<>();

        Small(SocketChannel channel, ByteBuffer request) {
            this.channel = channel;
            this.request = request;
        }

        void send(long due) throws IOException {
            ByteBuffer frame = request.duplicate();
            while (frame.hasRemaining()) {
                channel.write(frame);
            }
            dueTimes.add(due);
        }

        void receive(Histogram latencies) throws IOException {
            if (channel.read(input) < 0) {
                throw new EOFException("the broker closed a connection");
            }
            input.flip();
            while (input.remaining() >= Integer.BYTES) {
                int size = input.getInt(input.position());
                if (input.remaining() < Integer.BYTES + size) {
                    break;
                }
                ProduceFrame.check(input.slice(input.position() + Integer.BYTES, size));
                input.position(input.position() + Integer.BYTES + size);
                latencies.recordValue(Math.min(HIGHEST_NANOS, System.nanoTime() - dueTimes.remove()));
            }
            input.compact();
        }
    }
}
