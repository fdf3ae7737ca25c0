package dev.weir.bench.raw;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.apache.kafka.common.message.InitProducerIdRequestData;
import org.apache.kafka.common.message.InitProducerIdResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;

/**
 * Writes pre-built Produce frames in turn, keeping a fixed number in flight, and checks every answer. One thread uses
 * it.
 */
public final class RawProducer implements AutoCloseable {
    private static final short INIT_PRODUCER_ID = 4;

    private final RawConnection connection;
    private final List<ProduceFrame> frames;
    private final int depth;
    private final boolean idempotent;
    private long producerId = -1;
    private short producerEpoch = -1;
    private int next;
    private int inFlight;
    private volatile long records;
    private volatile long payloadBytes;

    /**
     * @param frames one per partition
     * @param depth how many requests may await their answers
     * @param idempotent whether batches carry a producer id and sequences
     * @param limit bounds the whole life of the producer
     */
    public RawProducer(
            InetSocketAddress address, List<ProduceFrame> frames, int depth, boolean idempotent, Duration limit)
            throws IOException {
        this.connection = RawConnection.open(address, limit);
        this.frames = frames;
        this.depth = depth;
        this.idempotent = idempotent;
        if (idempotent) {
            initProducerId();
        }
    }

    /** Produces while {@code going} says so, then awaits the last answers. */
    public void run(BooleanSupplier going) throws IOException {
        while (going.getAsBoolean()) {
            if (inFlight == depth) {
                receive();
            }
            send();
        }
        while (inFlight > 0) {
            receive();
        }
    }

    /** Records that were sent; after {@link #run}, all of them are acknowledged. Any thread may ask. */
    public long records() {
        return records;
    }

    public long payloadBytes() {
        return payloadBytes;
    }

    private void send() throws IOException {
        ProduceFrame frame = frames.get(next);
        next = (next + 1) % frames.size();
        if (idempotent) {
            frame.stamp(producerId, producerEpoch);
        }
        connection.write(frame.bytes());
        inFlight++;
        records = records + frame.records();
        payloadBytes = payloadBytes + frame.payloadBytes();
    }

    private void receive() throws IOException {
        ProduceFrame.check(connection.read());
        inFlight--;
    }

    /** A broker that has just started may still be getting its first ids, and says so. */
    private void initProducerId() throws IOException {
        ByteBuffer request = Frames.request(
                ApiKeys.INIT_PRODUCER_ID,
                INIT_PRODUCER_ID,
                new InitProducerIdRequestData().setTransactionalId(null).setTransactionTimeoutMs(60_000));
        Errors error;
        do {
            connection.write(request);
            InitProducerIdResponseData answer = new InitProducerIdResponseData(
                    Frames.body(connection.read(), ApiKeys.INIT_PRODUCER_ID, INIT_PRODUCER_ID), INIT_PRODUCER_ID);
            error = Errors.forCode(answer.errorCode());
            producerId = answer.producerId();
            producerEpoch = answer.producerEpoch();
        } while (error == Errors.COORDINATOR_LOAD_IN_PROGRESS);
        error.maybeThrow();
    }

    @Override
    public void close() {
        connection.close();
    }
}
