package dev.weir.it;

import dev.weir.history.Committed;
import dev.weir.history.Guarantee;
import dev.weir.history.History;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;

/** Producers of every guarantee, readers, two groups of both protocols and one who watches what they commit. */
final class TortureClients {
    private static final List<Guarantee> PRODUCERS = List.of(
            Guarantee.EXACTLY_ONCE,
            Guarantee.EXACTLY_ONCE,
            Guarantee.EXACTLY_ONCE,
            Guarantee.ACKNOWLEDGED,
            Guarantee.ACKNOWLEDGED,
            Guarantee.LEADER_ONLY,
            Guarantee.NONE);
    private static final Map<String, String> GROUPS = Map.of("classics", "classic", "moderns", "consumer");
    private static final int MEMBERS = 2;
    private static final int READERS = 2;

    private final Cluster cluster;
    private final String topic;
    private final History history;
    private final ConcurrentLinkedQueue<String> problems = new ConcurrentLinkedQueue<>();
    private final List<TortureProducer> producers = new ArrayList<>();
    private final List<TortureConsumer> consumers = new ArrayList<>();
    private final List<Thread> sending = new ArrayList<>();
    private final List<Thread> reading = new ArrayList<>();
    private volatile boolean ended;

    TortureClients(Cluster cluster, String topic, int partitions, int pauseMs, History history, long seed) {
        this.cluster = cluster;
        this.topic = topic;
        this.history = history;
        String bootstrap = cluster.bootstrap();
        for (Guarantee guarantee : PRODUCERS) {
            producers.add(new TortureProducer(
                    bootstrap, topic, partitions, guarantee, pauseMs, history, seed + producers.size(), problems::add));
        }
        for (int i = 0; i < READERS; i++) {
            consumers.add(
                    new TortureConsumer(bootstrap, topic, partitions, "", "", history, seed * 7 + i, problems::add));
        }
        GROUPS.forEach((group, protocol) -> {
            for (int i = 0; i < MEMBERS; i++) {
                consumers.add(new TortureConsumer(
                        bootstrap,
                        topic,
                        partitions,
                        group,
                        protocol,
                        history,
                        seed * 13 + consumers.size(),
                        problems::add));
            }
        });
    }

    void start() {
        producers.forEach(producer -> sending.add(start(producer)));
        consumers.forEach(consumer -> reading.add(start(consumer)));
        reading.add(start(this::watchCommits));
    }

    /** What the clients themselves hold against the cluster. */
    List<String> problems() {
        return List.copyOf(problems);
    }

    /** Ends the producers, then the consumers, and waits until all outcomes are in the history. */
    void end() throws InterruptedException {
        producers.forEach(TortureProducer::end);
        join(sending);
        consumers.forEach(TortureConsumer::end);
        ended = true;
        join(reading);
    }

    private void join(List<Thread> threads) throws InterruptedException {
        for (Thread thread : threads) {
            thread.join(TimeUnit.SECONDS.toMillis(90));
            if (thread.isAlive()) {
                problems.add("a client does not end: " + List.of(thread.getStackTrace()));
            }
        }
    }

    private static Thread start(Runnable client) {
        Thread thread = new Thread(client, client.getClass().getSimpleName());
        thread.setDaemon(true);
        thread.start();
        return thread;
    }

    private void watchCommits() {
        try (Admin admin = cluster.admin()) {
            while (!ended) {
                GROUPS.keySet().forEach(group -> watch(admin, group));
                Thread.sleep(300);
            }
            GROUPS.keySet().forEach(group -> watch(admin, group));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void watch(Admin admin, String group) {
        long began = System.nanoTime();
        try {
            Map<TopicPartition, OffsetAndMetadata> offsets = admin.listConsumerGroupOffsets(group)
                    .partitionsToOffsetAndMetadata()
                    .get(30, TimeUnit.SECONDS);
            long now = System.nanoTime();
            offsets.forEach((partition, offset) -> {
                if (partition.topic().equals(topic) && offset != null) {
                    history.add(new Committed(group, partition.partition(), began, now, offset.offset(), true));
                }
            });
        } catch (ExecutionException | TimeoutException e) {
            // No coordinator at the moment: it shows nothing.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
