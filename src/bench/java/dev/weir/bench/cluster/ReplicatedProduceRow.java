package dev.weir.bench.cluster;

import dev.weir.bench.broker.BrokerUnderTest;
import dev.weir.bench.broker.CpuTimes;
import dev.weir.bench.report.Figure;
import dev.weir.bench.report.Goal;
import dev.weir.bench.report.Measured;
import dev.weir.bench.run.Row;
import dev.weir.bench.run.Session;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** One producer with acks=all to partitions with three replicas: at full speed, and at a fixed rate. */
record ReplicatedProduceRow(int ratePerSecond) implements Row {
    private static final int RECORD_BYTES = 1024;
    private static final int PARTITIONS = 6;
    private static final Duration TIME = Duration.ofSeconds(10);
    private static final Figure MEGABYTES = Figure.of("throughput", "MB/s", Goal.ratioAtLeast(1.5));
    private static final Figure CPU_PER_GB = Figure.of("CPU of all brokers", "s/GB", Goal.ratioAtMost(0.4));
    private static final Figure P50 = Figure.of("p50", "ms");
    private static final Figure P99 = Figure.of("p99", "ms", Goal.ratioAtMost(0.6));

    @Override
    public String name() {
        return ratePerSecond == 0 ? "replicated-produce" : "replicated-latency-" + ratePerSecond;
    }

    @Override
    public String about() {
        return ratePerSecond == 0
                ? "one Kafka producer, acks=all, three replicas, 1 KiB records, full batches (64 KiB)"
                : "acks=all to three replicas at " + ratePerSecond
                        + " 1 KiB records/s, from when each was due to its acknowledgement";
    }

    @Override
    public void run(Session session) throws Exception {
        int rounds = session.options().rounds();
        for (BrokerUnderTest kind : session.kinds()) {
            try (ThreeBrokers cluster = ThreeBrokers.start(session, kind, Map.of());
                    Admin admin = cluster.admin()) {
                ReplicatedTopic.create(admin, "replicated", PARTITIONS);
                round(cluster, session.scaled(TIME));
                for (int round = 0; round < rounds; round++) {
                    session.record(
                            this,
                            kind.name(),
                            "round " + (round + 1) + "/" + rounds,
                            round(cluster, session.scaled(TIME)));
                }
            }
        }
    }

    private List<Measured> round(ThreeBrokers cluster, Duration time) {
        Map<String, Object> settings = Map.of(
                "bootstrap.servers",
                cluster.bootstrap(),
                "acks",
                "all",
                "batch.size",
                64 << 10,
                "linger.ms",
                ratePerSecond == 0 ? 100 : 0,
                "buffer.memory",
                64L << 20);
        List<Long> latencies = java.util.Collections.synchronizedList(new ArrayList<>());
        AtomicLong failed = new AtomicLong();
        List<CpuTimes> before;
        long sent = 0;
        double seconds;
        try (KafkaProducer<byte[], byte[]> producer =
                new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer())) {
            producer.partitionsFor("replicated");
            before = cluster.cpu();
            long start = System.nanoTime();
            while (System.nanoTime() - start < time.toNanos()) {
                long due = ratePerSecond == 0 ? System.nanoTime() : start + sent * 1_000_000_000L / ratePerSecond;
                while (System.nanoTime() < due) {
                    LockSupport.parkNanos(due - System.nanoTime());
                }
                producer.send(new ProducerRecord<>("replicated", new byte[RECORD_BYTES]), (metadata, failure) -> {
                    if (failure != null) {
                        failed.incrementAndGet();
                    } else if (ratePerSecond > 0) {
                        latencies.add(System.nanoTime() - due);
                    }
                });
                sent++;
            }
            producer.flush();
            seconds = (System.nanoTime() - start) / 1e9;
        }
        if (failed.get() > 0) {
            throw new IllegalStateException(failed + " records failed");
        }
        double gigabytes = sent * RECORD_BYTES / 1e9;
        Measured cpu = CPU_PER_GB.is(cluster.workSecondsSince(before) / gigabytes);
        if (ratePerSecond == 0) {
            return List.of(MEGABYTES.is(gigabytes * 1e3 / seconds), cpu);
        }
        List<Long> sorted = latencies.stream().sorted().toList();
        return List.of(
                P50.is(sorted.get(sorted.size() / 2) / 1e6), P99.is(sorted.get(sorted.size() * 99 / 100) / 1e6), cpu);
    }
}
