package dev.weir.it;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;

/** Clients of Apache Kafka with settings fit for tests, and what tests do with them all the time. */
final class Clients {
    private static final Duration POLL = Duration.ofMillis(200);
    private static final long PATIENCE_NANOS = Duration.ofSeconds(60).toNanos();

    private Clients() {}

    /** A producer of strings, with settings as {@code key=value}. */
    static KafkaProducer<String, String> producer(String bootstrap, String... settings) {
        return new KafkaProducer<>(
                settings(bootstrap, Map.of("delivery.timeout.ms", "30000", "request.timeout.ms", "10000"), settings),
                new StringSerializer(),
                new StringSerializer());
    }

    /** A consumer of strings, with settings as {@code key=value}; without a group unless they name one. */
    static KafkaConsumer<String, String> consumer(String bootstrap, String... settings) {
        return new KafkaConsumer<>(
                settings(bootstrap, Map.of("auto.offset.reset", "none", "enable.auto.commit", "false"), settings),
                new StringDeserializer(),
                new StringDeserializer());
    }

    /** An admin client. */
    static Admin admin(String bootstrap) {
        return Admin.create(settings(bootstrap, Map.of("default.api.timeout.ms", "30000")));
    }

    /** Every record of a topic, partition by partition, as {@code key=value}. */
    static List<String> readAll(String bootstrap, String topic) {
        return readAll(bootstrap, topic, record -> record.key() + "=" + record.value());
    }

    /** Every record of a topic, from the first offset to the end as it is now, partition by partition. */
    static <T> List<T> readAll(String bootstrap, String topic, Function<ConsumerRecord<String, String>, T> view) {
        try (KafkaConsumer<String, String> consumer = consumer(bootstrap)) {
            List<TopicPartition> partitions = consumer.partitionsFor(topic).stream()
                    .map(info -> new TopicPartition(topic, info.partition()))
                    .toList();
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
            List<T> all = new ArrayList<>();
            for (TopicPartition partition : partitions) {
                consumer.assign(List.of(partition));
                consumer.seekToBeginning(List.of(partition));
                long deadline = System.nanoTime() + PATIENCE_NANOS;
                while (consumer.position(partition) < ends.getOrDefault(partition, 0L)) {
                    consumer.poll(POLL).forEach(record -> all.add(view.apply(record)));
                    if (System.nanoTime() > deadline) {
                        throw new AssertionError("stuck at " + consumer.position(partition) + " of " + partition);
                    }
                }
            }
            return all;
        }
    }

    private static Map<String, Object> settings(String bootstrap, Map<String, String> defaults, String... settings) {
        Map<String, Object> all = new HashMap<>(defaults);
        all.put("bootstrap.servers", bootstrap);
        for (String setting : settings) {
            int at = setting.indexOf('=');
            all.put(setting.substring(0, at), setting.substring(at + 1));
        }
        return all;
    }
}
