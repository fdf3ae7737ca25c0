package dev.weir.it;

import dev.weir.history.Committed;
import dev.weir.history.History;
import dev.weir.history.Poll;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.LongDeserializer;

/**
 * A consumer that reads until it is told to end, leaving and coming back now and then, and enters what it is given in the
 * history. As a member of a group it commits what it was given; without a group it starts at a random offset not far from the end.
 */
final class TortureConsumer implements Runnable {
    private static final AtomicInteger NAMES = new AtomicInteger();
    private static final Duration POLL = Duration.ofMillis(200);

    /** So many records of a partition may a reader read that others have read: the history is kept in memory. */
    private static final int MOST_AGAIN = 2_000;

    private final String bootstrap;
    private final String topic;
    private final int partitions;
    private final String group;
    private final String protocol;
    private final History history;
    private final Random random;
    private final Consumer<String> problems;
    private volatile boolean ended;
    private String reader = "";

    /** @param group empty for a consumer that assigns all partitions to itself */
    TortureConsumer(
            String bootstrap,
            String topic,
            int partitions,
            String group,
            String protocol,
            History history,
            long seed,
            Consumer<String> problems) {
        this.bootstrap = bootstrap;
        this.topic = topic;
        this.partitions = partitions;
        this.group = group;
        this.protocol = protocol;
        this.history = history;
        this.random = new Random(seed);
        this.problems = problems;
    }

    void end() {
        ended = true;
    }

    @Override
    public void run() {
        while (!ended) {
            rename();
            try (KafkaConsumer<Long, Long> consumer = consumer()) {
                start(consumer);
                int rounds = 20 + random.nextInt(200);
                for (int i = 0; i < rounds && !ended; i++) {
                    round(consumer);
                }
            } catch (OffsetOutOfRangeException e) {
                problems.accept("a consumer was told that what it had read is gone: " + e);
            } catch (KafkaException e) {
                // A rebalance, or no coordinator for long: it comes back under another name.
                pause();
            }
        }
    }

    private void start(KafkaConsumer<Long, Long> consumer) {
        if (!group.isEmpty()) {
            consumer.subscribe(List.of(topic), new ConsumerRebalanceListener() {
                @Override
                public void onPartitionsRevoked(Collection<TopicPartition> gone) {
                    commit(consumer);
                    rename();
                }

                @Override
                public void onPartitionsLost(Collection<TopicPartition> gone) {
                    rename();
                }

                @Override
                public void onPartitionsAssigned(Collection<TopicPartition> come) {
                    rename();
                }
            });
            return;
        }
        List<TopicPartition> all = IntStream.range(0, partitions)
                .mapToObj(partition -> new TopicPartition(topic, partition))
                .toList();
        consumer.assign(all);
        Map<TopicPartition, Long> ends = consumer.endOffsets(all);
        for (TopicPartition partition : all) {
            long end = ends.getOrDefault(partition, 0L);
            consumer.seek(partition, Math.max(0, end - random.nextInt(MOST_AGAIN)));
        }
    }

    private void round(KafkaConsumer<Long, Long> consumer) {
        boolean any = false;
        for (ConsumerRecord<Long, Long> record : consumer.poll(POLL)) {
            history.add(new Poll(reader, group, record.partition(), record.offset(), record.value()));
            any = true;
        }
        if (any && !group.isEmpty() && random.nextInt(3) == 0) {
            commit(consumer);
        }
    }

    private void commit(KafkaConsumer<Long, Long> consumer) {
        Map<TopicPartition, OffsetAndMetadata> offsets = new HashMap<>();
        for (TopicPartition partition : consumer.assignment()) {
            offsets.put(partition, new OffsetAndMetadata(consumer.position(partition)));
        }
        long began = System.nanoTime();
        long ended = Long.MAX_VALUE;
        try {
            consumer.commitSync(offsets);
            ended = System.nanoTime();
        } finally {
            for (Map.Entry<TopicPartition, OffsetAndMetadata> one : offsets.entrySet()) {
                history.add(new Committed(
                        group,
                        one.getKey().partition(),
                        began,
                        ended,
                        one.getValue().offset(),
                        false));
            }
        }
    }

    private KafkaConsumer<Long, Long> consumer() {
        Map<String, Object> settings = new HashMap<>(Map.of(
                "bootstrap.servers", bootstrap,
                "enable.auto.commit", false,
                "request.timeout.ms", 5_000,
                "default.api.timeout.ms", 20_000,
                "reconnect.backoff.max.ms", 200,
                "fetch.max.wait.ms", 100,
                "auto.offset.reset", group.isEmpty() ? "none" : "earliest"));
        if (!group.isEmpty()) {
            settings.put("group.id", group);
            settings.put("group.protocol", protocol);
            if (protocol.equals("classic")) {
                settings.put("session.timeout.ms", 6_000);
            }
        }
        return new KafkaConsumer<>(settings, new LongDeserializer(), new LongDeserializer());
    }

    private void rename() {
        reader = (group.isEmpty() ? "reader-" : group + "-") + NAMES.incrementAndGet();
    }

    private static void pause() {
        try {
            Thread.sleep(100);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
