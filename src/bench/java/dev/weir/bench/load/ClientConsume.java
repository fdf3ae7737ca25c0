package dev.weir.bench.load;

import dev.weir.bench.broker.RunningBroker;
import dev.weir.bench.report.Measured;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;

/** Kafka consumers that each read a backlog from its beginning, again and again until the round ends. */
record ClientConsume(int consumers, long backlogBytes) implements Load {
    private static final Duration POLL = Duration.ofMillis(100);
    private static final Throughput FIGURES = new Throughput(0.4);

    @Override
    public void prepare(RunningBroker broker) throws Exception {
        Backlog.fill(broker, backlogBytes);
    }

    @Override
    public List<Measured> round(RunningBroker broker, Bounds bounds) throws Exception {
        List<KafkaConsumer<byte[], byte[]>> all = new ArrayList<>();
        try {
            for (int i = 0; i < consumers; i++) {
                KafkaConsumer<byte[], byte[]> consumer = Clients.consumer(broker.bootstrap(), Backlog.TOPIC);
                all.add(consumer);
                consumer.assignment().forEach(consumer::position);
            }
            AtomicLong bytes = new AtomicLong();
            Meter meter = Meter.start(broker);
            BooleanSupplier going = bounds.within(bytes::get);
            List<Callable<Long>> tasks = new ArrayList<>();
            all.forEach(consumer -> tasks.add(() -> consume(consumer, going, bytes)));
            List<Long> records = Workers.run(bounds.limit(), tasks);
            return FIGURES.of(records.stream().mapToLong(Long::longValue).sum(), bytes.get(), meter.stop());
        } finally {
            all.forEach(KafkaConsumer::close);
        }
    }

    @Override
    public void cleanUp(RunningBroker broker) throws Exception {
        Backlog.remove(broker);
    }

    private static long consume(KafkaConsumer<byte[], byte[]> consumer, BooleanSupplier going, AtomicLong bytes) {
        Collection<TopicPartition> partitions = consumer.assignment();
        long records = 0;
        long left = total(consumer, partitions);
        while (going.getAsBoolean()) {
            var polled = consumer.poll(POLL);
            polled.forEach(record -> bytes.addAndGet(record.serializedValueSize()));
            records += polled.count();
            left -= polled.count();
            if (left == 0) {
                consumer.seekToBeginning(partitions);
                left = total(consumer, partitions);
            }
        }
        return records;
    }

    private static long total(KafkaConsumer<byte[], byte[]> consumer, Collection<TopicPartition> partitions) {
        return consumer.endOffsets(partitions).values().stream()
                .mapToLong(Long::longValue)
                .sum();
    }
}
