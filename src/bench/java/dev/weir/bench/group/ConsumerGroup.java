package dev.weir.bench.group;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** A group of Kafka consumers, each on a thread of its own. */
final class ConsumerGroup implements AutoCloseable {
    private static final long LIMIT_NANOS = TimeUnit.SECONDS.toNanos(120);
    private static final long LOOK_NANOS = 2_000_000;

    private final Map<String, Object> settings;
    private final String topic;
    private final int partitions;
    private final Deque<Member> members = new ArrayDeque<>();
    private final Map<TopicPartition, Member> owners = new ConcurrentHashMap<>();

    ConsumerGroup(String bootstrap, String groupId, String topic, int partitions) {
        this.settings = Map.of(
                "bootstrap.servers",
                bootstrap,
                "group.id",
                groupId,
                "group.protocol",
                "consumer",
                "auto.offset.reset",
                "earliest");
        this.topic = topic;
        this.partitions = partitions;
    }

    /** So many more come; tells how many seconds pass until everybody has a share. */
    double join(int count) throws IOException {
        List<Member> newcomers =
                java.util.stream.Stream.generate(Member::new).limit(count).toList();
        members.addAll(newcomers);
        long start = System.nanoTime();
        newcomers.forEach(Thread::start);
        return awaitShares(start);
    }

    /** The oldest goes; tells how many seconds pass until the others have its share. */
    double leave() throws IOException, InterruptedException {
        Member member = members.remove();
        long start = System.nanoTime();
        member.end();
        return awaitShares(start);
    }

    private double awaitShares(long start) throws IOException {
        while (!isShared()) {
            if (System.nanoTime() - start > LIMIT_NANOS) {
                throw new IOException("the group does not come to rest: " + owners.size() + " of " + partitions);
            }
            LockSupport.parkNanos(LOOK_NANOS);
        }
        return (System.nanoTime() - start) / 1e9;
    }

    /** Whether every partition has an owner, and the owners' shares differ by one at most. */
    private boolean isShared() {
        int least = partitions / members.size();
        return owners.size() == partitions && members.stream().allMatch(m -> m.owned >= least && m.owned <= least + 1);
    }

    @Override
    public void close() throws InterruptedException {
        for (Member member : members) {
            member.ending = true;
        }
        for (Member member : members) {
            member.join();
        }
    }

    private final class Member extends Thread implements ConsumerRebalanceListener {
        private final KafkaConsumer<byte[], byte[]> consumer =
                new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer());
        private volatile boolean ending;
        private volatile int owned;

        @Override
        public void run() {
            try (consumer) {
                consumer.subscribe(List.of(topic), this);
                while (!ending) {
                    consumer.poll(Duration.ofMillis(50));
                }
            }
        }

        void end() throws InterruptedException {
            ending = true;
            join();
        }

        @Override
        public void onPartitionsAssigned(Collection<TopicPartition> added) {
            added.forEach(partition -> owners.put(partition, this));
            owned = consumer.assignment().size();
        }

        @Override
        public void onPartitionsRevoked(Collection<TopicPartition> removed) {
            removed.forEach(partition -> owners.remove(partition, this));
            owned = consumer.assignment().size() - removed.size();
        }
    }
}
