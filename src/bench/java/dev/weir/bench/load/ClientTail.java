package dev.weir.bench.load;

import dev.weir.bench.broker.RunningBroker;
import dev.weir.bench.report.Measured;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;

/** A Kafka producer at full speed with a Kafka consumer beside it that reads what is written. */
record ClientTail() implements Load {
    private static final String TOPIC = "tail";
    private static final Duration POLL = Duration.ofMillis(100);
    private static final Throughput FIGURES = new Throughput(0.5);

    @Override
    public List<Measured> round(RunningBroker broker, Bounds bounds) throws Exception {
        try (ScratchTopic topic = ScratchTopic.create(broker, TOPIC);
                KafkaProducer<byte[], byte[]> producer = Shape.PLAIN.producer(broker.bootstrap())) {
            producer.partitionsFor(topic.name());
            ProducerTask task = new ProducerTask(producer, topic.name(), Shape.PLAIN.payloads());
            AtomicLong total = new AtomicLong(Long.MAX_VALUE);
            Meter meter = Meter.start(broker);
            Callable<Long> produce = () -> {
                total.set(task.run(bounds.within(() -> task.sent() * Shape.PLAIN.recordBytes())));
                return total.get();
            };
            List<Long> records = Workers.run(bounds.limit(), List.of(produce, () -> consume(broker, total)));
            return FIGURES.of(records.get(1), records.get(1) * Shape.PLAIN.recordBytes(), meter.stop());
        }
    }

    private static long consume(RunningBroker broker, AtomicLong total) {
        try (KafkaConsumer<byte[], byte[]> consumer = Clients.consumer(broker.bootstrap(), TOPIC)) {
            long records = 0;
            while (records < total.get() && !Thread.currentThread().isInterrupted()) {
                records += consumer.poll(POLL).count();
            }
            return records;
        }
    }
}
