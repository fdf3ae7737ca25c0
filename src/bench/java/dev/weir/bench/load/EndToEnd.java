package dev.weir.bench.load;

import dev.weir.bench.broker.RunningBroker;
import dev.weir.bench.report.Figure;
import dev.weir.bench.report.Goal;
import dev.weir.bench.report.Measured;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.HdrHistogram.Histogram;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;

/**
 * Records leave on a fixed schedule; a record's latency counts from the moment it was due to the moment Kafka's consumer
 * hands it over. A late sender therefore lengthens the latencies of all that had to wait, and coordinated omission has
 * nowhere to hide.
 *
 * @param ratePerSecond how many records are due in a second
 */
record EndToEnd(int ratePerSecond) implements Load {
    private static final String TOPIC = "latency";
    private static final int RECORD_BYTES = 1024;
    private static final Duration POLL = Duration.ofMillis(100);
    private static final long HIGHEST_NANOS = Duration.ofMinutes(2).toNanos();
    private static final Figure P50 = Figure.of("p50", "ms");
    private static final Figure P99 = Figure.of("p99", "ms", Goal.ratioAtMost(0.5));
    private static final Figure P999 = Figure.of("p99.9", "ms");
    private static final Figure CPU = Figure.of("broker CPU", "% of a core");

    @Override
    public List<Measured> round(RunningBroker broker, Bounds bounds) throws Exception {
        try (ScratchTopic topic = ScratchTopic.create(broker, TOPIC);
                KafkaProducer<byte[], byte[]> producer =
                        Clients.producer(broker.bootstrap(), Map.of("linger.ms", 0, "acks", "all"));
                KafkaConsumer<byte[], byte[]> consumer = Clients.consumer(broker.bootstrap(), topic.name())) {
            producer.partitionsFor(topic.name());
            consumer.assignment().forEach(consumer::position);
            // The first part is not counted: connections and batch sizes settle in it.
            long leadIn = ratePerSecond * bounds.time().toMillis() / 4_000;
            long records = leadIn + ratePerSecond * bounds.time().toMillis() / 1_000;
            AtomicReference<Exception> failure = new AtomicReference<>();
            Meter meter = Meter.start(broker);
            Callable<Histogram> consume = () -> consume(consumer, records, leadIn);
            Callable<Histogram> produce = () -> {
                produce(producer, records, failure);
                return new Histogram(1);
            };
            Histogram latencies =
                    Workers.run(bounds.limit(), List.of(consume, produce)).get(0);
            Meter.Usage usage = meter.stop();
            return List.of(
                    P50.is(latencies.getValueAtPercentile(50) / 1e6),
                    P99.is(latencies.getValueAtPercentile(99) / 1e6),
                    P999.is(latencies.getValueAtPercentile(99.9) / 1e6),
                    CPU.is(100 * usage.cpu().workSeconds() / usage.seconds()));
        }
    }

    private void produce(KafkaProducer<byte[], byte[]> producer, long records, AtomicReference<Exception> failure)
            throws Exception {
        double intervalNanos = 1e9 / ratePerSecond;
        long start = System.nanoTime();
        for (long i = 0; i < records; i++) {
            long due = start + (long) (i * intervalNanos);
            while (System.nanoTime() < due) {
                LockSupport.parkNanos(due - System.nanoTime());
            }
            producer.send(new ProducerRecord<>(TOPIC, value(due, i)), (metadata, exception) -> {
                if (exception != null) {
                    failure.compareAndSet(null, exception);
                }
            });
            Exception failed = failure.get();
            if (failed != null) {
                throw failed;
            }
        }
        producer.flush();
    }

    private static byte[] value(long due, long index) {
        byte[] value = new byte[RECORD_BYTES];
        Arrays.fill(value, (byte) 'x');
        ByteBuffer.wrap(value).putLong(due).putLong(index);
        return value;
    }

    private static Histogram consume(KafkaConsumer<byte[], byte[]> consumer, long records, long leadIn) {
        Histogram latencies = new Histogram(HIGHEST_NANOS, 3);
        long received = 0;
        while (received < records && !Thread.currentThread().isInterrupted()) {
            for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
                ByteBuffer value = ByteBuffer.wrap(record.value());
                long due = value.getLong();
                if (value.getLong() >= leadIn) {
                    latencies.recordValue(Math.min(HIGHEST_NANOS, Math.max(0, System.nanoTime() - due)));
                }
                received++;
            }
        }
        return latencies;
    }
}
