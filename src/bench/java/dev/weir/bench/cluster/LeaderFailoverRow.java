package dev.weir.bench.cluster;

import dev.weir.bench.broker.BrokerUnderTest;
import dev.weir.bench.report.Figure;
import dev.weir.bench.report.Goal;
import dev.weir.bench.report.Measured;
import dev.weir.bench.run.Row;
import dev.weir.bench.run.Session;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** The leader of a partition is gone while a producer writes to it: the longest time without an acknowledgement. */
record LeaderFailoverRow(Fault fault, int times, Goal goal) implements Row {
    private static final long SEND_EVERY_NANOS = 2_000_000;
    private static final long RUN_ON_MS = 1_000;
    private static final String TOPIC = "led";

    @Override
    public String name() {
        return "leader-" + fault.name().toLowerCase(java.util.Locale.ROOT);
    }

    @Override
    public String about() {
        return fault.title + " of a leader (three replicas, acks=all, a record each 2 ms): "
                + "the longest time without an acknowledgement";
    }

    @Override
    public void run(Session session) throws Exception {
        Figure gap = Figure.of("longest gap", "s", goal);
        Figure failed = Figure.of("failed records", "", Goal.below(1, "record"));
        int rounds = (int) session.scaled(times);
        for (BrokerUnderTest kind : session.kinds()) {
            try (ThreeBrokers cluster = ThreeBrokers.start(session, kind, Map.of());
                    Admin admin = cluster.admin()) {
                ReplicatedTopic.create(admin, TOPIC, 1);
                for (int round = 0; round <= rounds; round++) {
                    Writer writer = new Writer(cluster);
                    Thread thread = new Thread(writer, "writer");
                    thread.start();
                    Thread.sleep(RUN_ON_MS);
                    int leader = ReplicatedTopic.leader(admin, TOPIC);
                    writer.longest.set(0);
                    fault.strike(cluster, leader);
                    writer.awaitProgress();
                    Thread.sleep(RUN_ON_MS);
                    writer.ended.set(true);
                    thread.join();
                    fault.heal(cluster, leader);
                    ReplicatedTopic.awaitInSync(admin, TOPIC);
                    if (round > 0) {
                        List<Measured> measured =
                                List.of(gap.is(writer.longest.get() / 1e9), failed.is((double) writer.failed.get()));
                        session.record(this, kind.name(), "round " + round + "/" + rounds, measured);
                    }
                }
            }
        }
    }

    private static final class Writer implements Runnable {
        final AtomicBoolean ended = new AtomicBoolean();
        final AtomicLong longest = new AtomicLong();
        final AtomicLong failed = new AtomicLong();
        private final AtomicLong lastAck = new AtomicLong(System.nanoTime());
        private final ThreeBrokers cluster;

        Writer(ThreeBrokers cluster) {
            this.cluster = cluster;
        }

        @Override
        public void run() {
            try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
                    Map.of(
                            "bootstrap.servers", cluster.bootstrap(),
                            "acks", "all",
                            "linger.ms", 0,
                            "request.timeout.ms", 2_000,
                            "delivery.timeout.ms", 120_000,
                            "max.block.ms", 120_000),
                    new ByteArraySerializer(),
                    new ByteArraySerializer())) {
                while (!ended.get()) {
                    producer.send(new ProducerRecord<>(TOPIC, 0, null, new byte[100]), (metadata, failure) -> {
                        if (failure != null) {
                            failed.incrementAndGet();
                            return;
                        }
                        long now = System.nanoTime();
                        longest.accumulateAndGet(now - lastAck.getAndSet(now), Math::max);
                    });
                    LockSupport.parkNanos(SEND_EVERY_NANOS);
                }
            }
        }

        /** Waits until a record is acknowledged that was sent from now on, by the look of it. */
        void awaitProgress() throws Exception {
            long from = System.nanoTime();
            ThreeBrokers.await("acknowledgement", () -> lastAck.get() > from + 100_000_000);
        }
    }
}
