package dev.weir.bench.load;

import dev.weir.bench.broker.RunningBroker;
import dev.weir.bench.raw.RawConsumer;
import dev.weir.bench.raw.RawProducer;
import dev.weir.bench.report.Measured;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicLong;

/** Pre-built Produce frames at full speed with a connection beside them that fetches what is written. */
record RawTail() implements Load {
    private static final String TOPIC = "tail";
    private static final Throughput FIGURES = new Throughput(0.5);

    @Override
    public List<Measured> round(RunningBroker broker, Bounds bounds) throws Exception {
        try (ScratchTopic topic = ScratchTopic.create(broker, TOPIC);
                RawProducer producer = new RawProducer(
                        broker.address(), Shape.PLAIN.frames(topic.name()), RawProduce.DEPTH, false, bounds.limit());
                RawConsumer consumer =
                        new RawConsumer(broker.address(), topic.name(), Topics.PARTITIONS, false, bounds.limit())) {
            AtomicLong total = new AtomicLong(Long.MAX_VALUE);
            Meter meter = Meter.start(broker);
            Callable<Boolean> produce = () -> {
                producer.run(bounds.within(producer::payloadBytes));
                total.set(producer.records());
                return true;
            };
            Callable<Boolean> consume = () -> {
                consumer.run(() -> consumer.records() < total.get());
                return true;
            };
            Workers.run(bounds.limit(), List.of(produce, consume));
            return FIGURES.of(consumer.records(), producer.payloadBytes(), meter.stop());
        }
    }
}
