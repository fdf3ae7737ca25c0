package dev.weir.it;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.CloseOptions.GroupMembershipOperation;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.RebalanceInProgressException;
import org.jspecify.annotations.Nullable;

/** A member on a thread of this process, with Kafka's own consumer. It reads and commits where it is told to. */
final class JavaMember implements ChurnMember, ConsumerRebalanceListener {
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final String name;
    private final String topic;
    private final PartitionLedger ledger;
    private final KafkaConsumer<String, String> consumer;
    private final Thread thread = new Thread(this::run);
    private @Nullable Consumer<String> reader;
    private volatile boolean ending;

    JavaMember(String name, String bootstrap, String topic, PartitionLedger ledger, String... settings) {
        this.name = name;
        this.topic = topic;
        this.ledger = ledger;
        this.consumer = Clients.consumer(bootstrap, settings);
        thread.setName(name);
    }

    /** Hands over the value of each record that it reads, and then commits; to be told before it joins. */
    JavaMember reading(Consumer<String> values) {
        reader = values;
        return this;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public void join() {
        thread.start();
    }

    @Override
    public void leave() {
        end();
        consumer.close(CloseOptions.timeout(PATIENCE));
    }

    @Override
    public void kill() {
        end();
        ledger.died(name);
        consumer.close(
                CloseOptions.timeout(PATIENCE).withGroupMembershipOperation(GroupMembershipOperation.REMAIN_IN_GROUP));
    }

    private void end() {
        ending = true;
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private void run() {
        learnTopicId();
        consumer.subscribe(List.of(topic), this);
        while (!ending) {
            ConsumerRecords<String, String> records = consumer.poll(Duration.ofMillis(100));
            if (reader != null) {
                for (ConsumerRecord<String, String> one : records) {
                    reader.accept(one.value());
                }
                commit();
            }
        }
    }

    /**
     * A client that is assigned a topic whose id it does not know yet acknowledges the part it knows: nothing. The coordinator
     * then takes what it has just assigned for given up, while the client is about to take it (KIP-848). With the id known
     * beforehand no partition is held twice.
     */
    private void learnTopicId() {
        consumer.assign(List.of(new TopicPartition(topic, 0)));
        while (!ending && consumer.partitionsFor(topic).isEmpty()) {
            consumer.poll(Duration.ZERO);
        }
        consumer.unsubscribe();
    }

    private void commit() {
        try {
            consumer.commitSync();
        } catch (RebalanceInProgressException retriedByTheNextCommit) {
            Thread.onSpinWait();
        }
    }

    @Override
    public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
        ledger.assigned(name, numbers(partitions));
    }

    @Override
    public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
        ledger.revoked(name, numbers(partitions));
    }

    private static List<Integer> numbers(Collection<TopicPartition> partitions) {
        return partitions.stream().map(TopicPartition::partition).toList();
    }
}
