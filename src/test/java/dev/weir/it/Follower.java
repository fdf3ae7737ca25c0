package dev.weir.it;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;

/** A consumer that reads a topic as it is written, and notes each record that is missing, doubled or out of order. */
final class Follower implements AutoCloseable {
    private static final Duration POLL = Duration.ofMillis(100);

    private final AtomicBoolean running = new AtomicBoolean(true);
    private final AtomicBoolean atEnd = new AtomicBoolean();
    private final AtomicBoolean endWanted = new AtomicBoolean();
    private final Queue<String> problems = new ConcurrentLinkedQueue<>();
    private final Thread thread;

    private Follower(String bootstrap, String topic) {
        this.thread = new Thread(() -> follow(bootstrap, topic), "follower-" + topic);
    }

    /** Starts at the first offset of each partition. */
    static Follower start(String bootstrap, String topic) {
        Follower follower = new Follower(bootstrap, topic);
        follower.thread.start();
        return follower;
    }

    /** Waits until everything that is there now has been read. */
    void awaitEnd() {
        endWanted.set(true);
        Await.until(() -> atEnd.get() || !problems.isEmpty());
    }

    Queue<String> problems() {
        return problems;
    }

    @Override
    public void close() throws InterruptedException {
        running.set(false);
        thread.join();
    }

    private void follow(String bootstrap, String topic) {
        try (KafkaConsumer<String, String> consumer = Clients.consumer(bootstrap)) {
            List<TopicPartition> partitions = consumer.partitionsFor(topic).stream()
                    .map(info -> new TopicPartition(topic, info.partition()))
                    .toList();
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            Map<TopicPartition, Long> next = new HashMap<>();
            while (running.get() && !atEnd.get()) {
                consumer.poll(POLL).forEach(record -> {
                    TopicPartition partition = new TopicPartition(record.topic(), record.partition());
                    long expected = next.getOrDefault(partition, 0L);
                    if (record.offset() != expected) {
                        problems.add(partition + ": offset " + record.offset() + " after " + (expected - 1));
                    }
                    next.put(partition, record.offset() + 1);
                });
                if (endWanted.get()) {
                    Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
                    atEnd.set(ends.entrySet().stream()
                            .allMatch(end -> next.getOrDefault(end.getKey(), 0L) >= end.getValue()));
                }
            }
        } catch (RuntimeException e) {
            problems.add(e.toString());
        }
    }
}
