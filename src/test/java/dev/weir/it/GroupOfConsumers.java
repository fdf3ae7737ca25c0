package dev.weir.it;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.RebalanceInProgressException;

/** A group of real consumers, each on a thread of its own, that keeps book of who owns what. */
final class GroupOfConsumers {
    private final String id = "group-" + UUID.randomUUID();
    private final String bootstrap;
    private final String protocol;
    private final String topic;
    private final Deque<Member> members = new ArrayDeque<>();
    private final Map<TopicPartition, Member> owners = new ConcurrentHashMap<>();
    private final Set<String> seen = ConcurrentHashMap.newKeySet();
    private final Queue<String> overlaps = new ConcurrentLinkedQueue<>();

    GroupOfConsumers(String bootstrap, String protocol, String topic) {
        this.bootstrap = bootstrap;
        this.protocol = protocol;
        this.topic = topic;
    }

    String id() {
        return id;
    }

    void join(int count) {
        for (int i = 0; i < count; i++) {
            Member member = new Member();
            members.add(member);
            member.start();
        }
    }

    /** Lets the oldest members go, in order. */
    void leave(int count) throws InterruptedException {
        for (int i = 0; i < count; i++) {
            Member member = members.remove();
            member.leaving = true;
            member.join();
        }
    }

    /** How many partitions have an owner. */
    int owned() {
        return owners.size();
    }

    /** The partitions of the member that owns the fewest, at least one. */
    long smallestShare() {
        Map<Member, Long> shares =
                owners.values().stream().collect(Collectors.groupingBy(m -> m, Collectors.counting()));
        return shares.size() < members.size()
                ? 0
                : shares.values().stream().mapToLong(Long::longValue).min().orElse(0);
    }

    /** How many different records somebody has read. */
    int seen() {
        return seen.size();
    }

    /** Partitions that a member was given while another still held them. */
    List<String> overlaps() {
        return List.copyOf(overlaps);
    }

    private final class Member extends Thread implements ConsumerRebalanceListener {
        private volatile boolean leaving;

        @Override
        public void run() {
            try (KafkaConsumer<String, String> consumer = Clients.consumer(
                    bootstrap, "group.id=" + id, "group.protocol=" + protocol, "auto.offset.reset=earliest")) {
                consumer.subscribe(List.of(topic), this);
                while (!leaving) {
                    consumer.poll(Duration.ofMillis(100)).forEach(record -> seen.add(record.value()));
                    commit(consumer);
                }
            }
        }

        private void commit(KafkaConsumer<String, String> consumer) {
            try {
                consumer.commitSync();
            } catch (RebalanceInProgressException retriedByTheNextCommit) {
                Thread.onSpinWait();
            }
        }

        @Override
        public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
            for (TopicPartition partition : partitions) {
                Member former = owners.putIfAbsent(partition, this);
                if (former != null) {
                    overlaps.add(partition + " given to " + getName() + " while " + former.getName() + " holds it");
                }
            }
        }

        @Override
        public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
            partitions.forEach(partition -> owners.remove(partition, this));
        }
    }
}
