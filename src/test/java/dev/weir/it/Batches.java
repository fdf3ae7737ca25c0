package dev.weir.it;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.util.function.Consumer;
import java.util.zip.CRC32C;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.message.ProduceRequestData;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.SimpleRecord;

/** Record batches made by hand, and requests that carry them. */
final class Batches {
    static final int LENGTH = 8;
    static final int MAGIC = 16;
    static final int CRC = 17;
    static final int ATTRIBUTES = 21;
    static final int LAST_OFFSET_DELTA = 23;
    static final int COUNT = 57;
    static final int FIRST_RECORD = 61;

    private Batches() {}

    /** One good batch of three records. */
    static ByteBuffer good() {
        ByteBuffer made = MemoryRecords.withRecords(
                        Compression.NONE,
                        new SimpleRecord("one".getBytes(UTF_8)),
                        new SimpleRecord("two".getBytes(UTF_8)),
                        new SimpleRecord("three".getBytes(UTF_8)))
                .buffer();
        return ByteBuffer.allocate(made.remaining()).put(made.duplicate()).flip();
    }

    /** A batch that is wrong in one way but has the checksum that goes with its bytes. */
    static ByteBuffer signed(Consumer<ByteBuffer> damage) {
        ByteBuffer batch = good();
        damage.accept(batch);
        CRC32C crc = new CRC32C();
        crc.update(batch.duplicate().position(ATTRIBUTES));
        return batch.putInt(CRC, (int) crc.getValue());
    }

    /** A produce request, version 3 to 12, for one partition. */
    static ProduceRequestData request(String topic, int partition, ByteBuffer records) {
        ProduceRequestData.TopicProduceData data = new ProduceRequestData.TopicProduceData().setName(topic);
        data.partitionData()
                .add(new ProduceRequestData.PartitionProduceData()
                        .setIndex(partition)
                        .setRecords(MemoryRecords.readableRecords(records)));
        ProduceRequestData request =
                new ProduceRequestData().setAcks((short) -1).setTimeoutMs(5_000);
        request.topicData().add(data);
        return request;
    }
}
