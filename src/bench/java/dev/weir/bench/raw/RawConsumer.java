package dev.weir.bench.raw;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.function.BooleanSupplier;

/**
 * Fetches a topic with pre-built frames over one connection. From a backlog, the partitions are split in two requests
 * that are in flight together, so that the broker always has one to work on; at the tail, one request asks for them
 * all, because a broker may hold the second while the first waits for data. One thread uses it.
 */
public final class RawConsumer implements AutoCloseable {
    private final RawConnection connection;
    private final List<FetchFrame> frames = new ArrayList<>();
    private final Queue<FetchFrame> inFlight = new ArrayDeque<>();
    private volatile long records;
    private volatile long bytes;

    /**
     * @param repeat whether to start over at the beginning when the end is reached, rather than to wait there
     * @param limit bounds the whole life of the consumer
     */
    public RawConsumer(InetSocketAddress address, String topic, int partitions, boolean repeat, Duration limit)
            throws IOException {
        this.connection = RawConnection.open(address, limit);
        int half = repeat ? partitions / 2 : 0;
        if (half > 0) {
            frames.add(new FetchFrame(topic, 0, half, repeat));
        }
        frames.add(new FetchFrame(topic, half, partitions - half, repeat));
    }

    /** Fetches while {@code going} says so, then takes the answers that are still to come. */
    public void run(BooleanSupplier going) throws IOException {
        for (FetchFrame frame : frames) {
            send(frame);
        }
        while (!inFlight.isEmpty()) {
            FetchFrame answered = inFlight.remove();
            FetchFrame.Received received = answered.accept(connection.read());
            records = records + received.records();
            bytes = bytes + received.bytes();
            if (going.getAsBoolean()) {
                send(answered);
            }
        }
    }

    private void send(FetchFrame frame) throws IOException {
        connection.write(frame.bytes());
        inFlight.add(frame);
    }

    /** Records received so far; any thread may ask. */
    public long records() {
        return records;
    }

    /** Bytes of whole record batches, as on the wire; any thread may ask. */
    public long bytes() {
        return bytes;
    }

    @Override
    public void close() {
        connection.close();
    }
}
