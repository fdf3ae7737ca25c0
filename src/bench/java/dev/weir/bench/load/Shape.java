package dev.weir.bench.load;

import dev.weir.bench.raw.Payloads;
import dev.weir.bench.raw.ProduceFrame;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.common.record.internal.CompressionType;

/**
 * What is produced, and with which promises.
 *
 * @param acksAll acks=all by an idempotent producer; otherwise acks=1 by a plain one
 * @param recordBytes of each record's value
 * @param codec of the batches
 */
record Shape(boolean acksAll, int recordBytes, CompressionType codec) {
    static final int BATCH_BYTES = 64 << 10;

    /** As full batches as the producer makes them: it waits for them rather than for the clock. */
    private static final int LINGER_MS = 100;

    private static final long BUFFER_BYTES = 64L << 20;

    static final Shape PLAIN = new Shape(false, 1024, CompressionType.NONE);

    String name() {
        String size = recordBytes >= 1024 ? recordBytes / 1024 + "k" : recordBytes + "b";
        return (acksAll ? "acksall-" : "acks1-") + size + "-" + codec.name;
    }

    String about() {
        return (acksAll ? "acks=all idempotent, " : "acks=1, ")
                + (recordBytes >= 1024 ? recordBytes / 1024 + " KiB" : recordBytes + " B")
                + " records, compression " + codec.name + ", full batches (64 KiB)";
    }

    Payloads payloads() {
        return new Payloads(recordBytes);
    }

    KafkaProducer<byte[], byte[]> producer(String bootstrap) {
        return Clients.producer(
                bootstrap,
                Map.of(
                        "acks", acksAll ? "all" : "1",
                        "enable.idempotence", acksAll,
                        "compression.type", codec.name,
                        "batch.size", BATCH_BYTES,
                        "linger.ms", LINGER_MS,
                        "buffer.memory", BUFFER_BYTES));
    }

    /** A frame for each partition of a topic. */
    List<ProduceFrame> frames(String topic) {
        Payloads payloads = payloads();
        return IntStream.range(0, Topics.PARTITIONS)
                .mapToObj(partition ->
                        ProduceFrame.full(topic, partition, (short) (acksAll ? -1 : 1), payloads, codec, BATCH_BYTES))
                .toList();
    }
}
