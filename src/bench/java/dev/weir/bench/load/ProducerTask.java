package dev.weir.bench.load;

import dev.weir.bench.raw.Payloads;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;

/** Sends through Kafka's producer as fast as it takes records, and fails if one of them is not acknowledged. */
final class ProducerTask {
    private final AtomicLong acknowledged = new AtomicLong();
    private final AtomicReference<Exception> failure = new AtomicReference<>();
    private final KafkaProducer<byte[], byte[]> producer;
    private final String topic;
    private final Payloads payloads;
    private volatile long sent;

    ProducerTask(KafkaProducer<byte[], byte[]> producer, String topic, Payloads payloads) {
        this.producer = producer;
        this.topic = topic;
        this.payloads = payloads;
    }

    /** Sends while {@code going} says so, then waits for every acknowledgement; tells how many there were. */
    long run(BooleanSupplier going) throws Exception {
        while (going.getAsBoolean() && failure.get() == null) {
            producer.send(new ProducerRecord<>(topic, payloads.get(sent)), (metadata, exception) -> {
                if (exception == null) {
                    acknowledged.incrementAndGet();
                } else {
                    failure.compareAndSet(null, exception);
                }
            });
            sent = sent + 1;
        }
        producer.flush();
        Exception failed = failure.get();
        if (failed != null) {
            throw failed;
        }
        return acknowledged.get();
    }

    /** Records handed to the producer so far; any thread may ask. */
    long sent() {
        return sent;
    }
}
