package dev.weir.bench.load;

import dev.weir.bench.broker.RunningBroker;
import dev.weir.bench.raw.Payloads;
import dev.weir.bench.report.Measured;
import java.util.List;
import org.apache.kafka.clients.producer.KafkaProducer;

/** One Kafka producer at full speed into a fresh topic. */
record ClientProduce(Shape shape) implements Load {
    private static final String TOPIC = "produce";
    private static final Throughput FIGURES = new Throughput(0.5);

    @Override
    public List<Measured> round(RunningBroker broker, Bounds bounds) throws Exception {
        try (ScratchTopic topic = ScratchTopic.create(broker, TOPIC);
                KafkaProducer<byte[], byte[]> producer = shape.producer(broker.bootstrap())) {
            producer.partitionsFor(topic.name());
            Payloads payloads = shape.payloads();
            ProducerTask task = new ProducerTask(producer, topic.name(), payloads);
            Meter meter = Meter.start(broker);
            long records = task.run(bounds.within(() -> task.sent() * shape.recordBytes()));
            return FIGURES.of(records, records * shape.recordBytes(), meter.stop());
        }
    }
}
