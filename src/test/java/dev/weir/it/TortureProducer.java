package dev.weir.it;

import dev.weir.history.Guarantee;
import dev.weir.history.History;
import dev.weir.history.Send;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.serialization.LongSerializer;

/** A producer that sends unique values until it is told to end, and enters each outcome in the history. */
final class TortureProducer implements Runnable {
    private static final AtomicInteger INCARNATIONS = new AtomicInteger();
    private static final int VALUE_BITS = 32;

    private final String bootstrap;
    private final String topic;
    private final int partitions;
    private final Guarantee guarantee;
    private final History history;
    private final Random random;
    private final int pauseMs;
    private final Consumer<String> problems;
    private final AtomicLong open = new AtomicLong();
    private volatile boolean ended;

    TortureProducer(
            String bootstrap,
            String topic,
            int partitions,
            Guarantee guarantee,
            int pauseMs,
            History history,
            long seed,
            Consumer<String> problems) {
        this.bootstrap = bootstrap;
        this.topic = topic;
        this.partitions = partitions;
        this.guarantee = guarantee;
        this.pauseMs = pauseMs;
        this.history = history;
        this.random = new Random(seed);
        this.problems = problems;
    }

    /** Lets it send no more; what is under way still gets its outcome. */
    void end() {
        ended = true;
    }

    @Override
    public void run() {
        while (!ended) {
            try (KafkaProducer<Long, Long> producer = producer()) {
                sendUntilTold(producer);
            } catch (KafkaException e) {
                // Its outcomes are in the history; the next incarnation goes on.
                pause(100);
            }
        }
        if (open.get() != 0) {
            problems.accept(open.get() + " records of a producer have no outcome");
        }
    }

    private void sendUntilTold(KafkaProducer<Long, Long> producer) {
        int incarnation = INCARNATIONS.incrementAndGet();
        for (long i = 0; !ended; i++) {
            int partition = random.nextInt(partitions);
            long value = ((long) incarnation << VALUE_BITS) + i;
            open.incrementAndGet();
            try {
                producer.send(new ProducerRecord<>(topic, partition, value % 97, value), (metadata, failure) -> {
                    boolean known = failure == null && metadata.hasOffset();
                    history.add(new Send(
                            incarnation, guarantee, partition, value, known ? metadata.offset() : Send.UNKNOWN));
                    open.decrementAndGet();
                });
            } catch (KafkaException e) {
                history.add(new Send(incarnation, guarantee, partition, value, Send.UNKNOWN));
                open.decrementAndGet();
                throw e;
            }
            if (i % 20 == 0) {
                pause(pauseMs);
            }
        }
    }

    private KafkaProducer<Long, Long> producer() {
        boolean idempotent = guarantee == Guarantee.EXACTLY_ONCE;
        String acks =
                switch (guarantee) {
                    case EXACTLY_ONCE, ACKNOWLEDGED -> "all";
                    case LEADER_ONLY -> "1";
                    case NONE -> "0";
                };
        return new KafkaProducer<>(
                Map.of(
                        "bootstrap.servers",
                        bootstrap,
                        "acks",
                        acks,
                        "enable.idempotence",
                        idempotent,
                        "retries",
                        idempotent ? Integer.MAX_VALUE : 0,
                        "request.timeout.ms",
                        5_000,
                        "delivery.timeout.ms",
                        60_000,
                        "max.block.ms",
                        60_000,
                        "linger.ms",
                        2,
                        "reconnect.backoff.max.ms",
                        200,
                        "compression.type",
                        List.of("none", "lz4").get(random.nextInt(2))),
                new LongSerializer(),
                new LongSerializer());
    }

    private static void pause(int ms) {
        try {
            Thread.sleep(ms);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
