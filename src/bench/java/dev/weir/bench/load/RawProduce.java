package dev.weir.bench.load;

import dev.weir.bench.broker.RunningBroker;
import dev.weir.bench.raw.RawProducer;
import dev.weir.bench.report.Measured;
import java.util.List;

/** One connection that replays pre-built Produce frames, five in flight as the Java producer has them. */
record RawProduce(Shape shape) implements Load {
    static final int DEPTH = 5;
    private static final String TOPIC = "produce";
    private static final Throughput FIGURES = new Throughput(0.5);

    @Override
    public List<Measured> round(RunningBroker broker, Bounds bounds) throws Exception {
        try (ScratchTopic topic = ScratchTopic.create(broker, TOPIC);
                RawProducer producer = new RawProducer(
                        broker.address(), shape.frames(topic.name()), DEPTH, shape.acksAll(), bounds.limit())) {
            Meter meter = Meter.start(broker);
            producer.run(bounds.within(producer::payloadBytes));
            return FIGURES.of(producer.records(), producer.payloadBytes(), meter.stop());
        }
    }
}
