package dev.weir.bench.raw;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.zip.CRC32C;
import org.apache.kafka.common.message.ProduceRequestData;
import org.apache.kafka.common.message.ProduceRequestData.PartitionProduceData;
import org.apache.kafka.common.message.ProduceRequestData.TopicProduceData;
import org.apache.kafka.common.message.ProduceRequestData.TopicProduceDataCollection;
import org.apache.kafka.common.message.ProduceResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.record.internal.CompressionType;
import org.apache.kafka.common.record.internal.MemoryRecords;

/**
 * A Produce request with one batch for one partition, built once and written many times. As an idempotent producer's it
 * is stamped anew before each write: the sequence advances, and the checksum with it. One thread uses it.
 */
public final class ProduceFrame {
    static final short VERSION = 11;
    private static final int TIMEOUT_MS = 30_000;

    /** Places within a record batch of format 2. */
    private static final int CRC = 17;

    private static final int ATTRIBUTES = 21;
    private static final int PRODUCER_ID = 43;
    private static final int PRODUCER_EPOCH = 51;
    private static final int BASE_SEQUENCE = 53;

    private final ByteBuffer frame;
    private final ByteBuffer batch;
    private final int records;
    private final long payloadBytes;
    private final CRC32C crc = new CRC32C();
    private int sequence;

    private ProduceFrame(ByteBuffer frame, ByteBuffer batch, int records, long payloadBytes) {
        this.frame = frame;
        this.batch = batch;
        this.records = records;
        this.payloadBytes = payloadBytes;
    }

    /** A frame whose batch is filled up to {@code batchBytes}. */
    public static ProduceFrame full(
            String topic, int partition, short acks, Payloads payloads, CompressionType codec, int batchBytes) {
        return of(topic, partition, acks, Batches.full(payloads, codec, batchBytes));
    }

    /** A frame with a single record. */
    public static ProduceFrame single(String topic, int partition, short acks, Payloads payloads) {
        return of(topic, partition, acks, Batches.of(payloads, CompressionType.NONE, 1));
    }

    private static ProduceFrame of(String topic, int partition, short acks, Batches.Batch batch) {
        PartitionProduceData data = new PartitionProduceData()
                .setIndex(partition)
                .setRecords(MemoryRecords.readableRecords(batch.bytes().duplicate()));
        TopicProduceDataCollection topics = new TopicProduceDataCollection();
        topics.add(new TopicProduceData().setName(topic).setPartitionData(List.of(data)));
        ByteBuffer frame = Frames.request(
                ApiKeys.PRODUCE,
                VERSION,
                new ProduceRequestData().setAcks(acks).setTimeoutMs(TIMEOUT_MS).setTopicData(topics));
        ByteBuffer inFrame = frame.slice(
                frame.limit() - trailer() - batch.bytes().remaining(),
                batch.bytes().remaining());
        if (!inFrame.equals(batch.bytes())) {
            throw new IllegalStateException("the batch is not where it should be in the frame");
        }
        return new ProduceFrame(frame, inFrame, batch.records(), batch.payloadBytes());
    }

    /** Tag buffers of the partition, the topic and the request follow the batch, each empty. */
    private static int trailer() {
        return 3;
    }

    /** Makes this the next batch of an idempotent producer. */
    void stamp(long producerId, short producerEpoch) {
        batch.putLong(PRODUCER_ID, producerId);
        batch.putShort(PRODUCER_EPOCH, producerEpoch);
        batch.putInt(BASE_SEQUENCE, sequence);
        sequence += records;
        crc.reset();
        crc.update(batch.slice(ATTRIBUTES, batch.capacity() - ATTRIBUTES));
        batch.putInt(CRC, (int) crc.getValue());
    }

    public ByteBuffer bytes() {
        return frame;
    }

    public int records() {
        return records;
    }

    public long payloadBytes() {
        return payloadBytes;
    }

    /** Throws if the broker refused what was sent. */
    public static void check(ByteBuffer answer) {
        ProduceResponseData response = new ProduceResponseData(Frames.body(answer, ApiKeys.PRODUCE, VERSION), VERSION);
        for (var topic : response.responses()) {
            for (var partition : topic.partitionResponses()) {
                Errors.forCode(partition.errorCode()).maybeThrow();
            }
        }
    }
}
