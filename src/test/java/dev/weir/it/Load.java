package dev.weir.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;

/** Producers that write for as long as they are let, and remember what was acknowledged to them. */
final class Load implements AutoCloseable {
    private static final List<String> CODECS = List.of("none", "gzip", "snappy", "lz4", "zstd");
    private static final int PAUSE_RECORDS = 20;

    private final AtomicBoolean running = new AtomicBoolean(true);
    private final List<Thread> threads = new ArrayList<>();
    private final Map<String, String> acknowledged = new ConcurrentHashMap<>();
    private final Map<String, String> problems = new ConcurrentHashMap<>();

    private Load() {}

    /**
     * Starts a producer for each codec with acks=1, with acks=all, and idempotent.
     *
     * @param run a name that no other load of the topic has
     */
    static Load start(String bootstrap, String topic, String run, int valueBytes) {
        Load load = new Load();
        for (String codec : CODECS) {
            load.add(bootstrap, topic, run + ":" + codec + ":one", valueBytes, codec, "1", false);
            load.add(bootstrap, topic, run + ":" + codec + ":all", valueBytes, codec, "all", false);
            load.add(bootstrap, topic, run + ":" + codec + ":idempotent", valueBytes, codec, "all", true);
        }
        load.threads.forEach(Thread::start);
        return load;
    }

    /** Keys of records that were acknowledged, with {@code partition:offset}. */
    Map<String, String> acknowledged() {
        return acknowledged;
    }

    /** What producers were told when records were not taken: message and an example. */
    Map<String, String> problems() {
        return problems;
    }

    /** Lets the producers end and waits for them: everything sent is then acknowledged or has failed. */
    void stop() {
        running.set(false);
        for (Thread thread : threads) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** Fails where an acknowledged record is not at its place, or where an idempotent producer has left one twice. */
    static void assertKept(String bootstrap, String topic, Map<String, String> acknowledged) {
        Map<String, List<String>> found = new HashMap<>();
        Clients.readAll(bootstrap, topic, record -> {
            found.computeIfAbsent(record.key(), key -> new ArrayList<>(1))
                    .add(record.partition() + ":" + record.offset());
            return record.offset();
        });
        assertThat(acknowledged.entrySet().stream().filter(one -> !found.getOrDefault(one.getKey(), List.of())
                        .contains(one.getValue())))
                .as("acknowledged, but not there")
                .isEmpty();
        assertThat(found.entrySet().stream()
                        .filter(one -> one.getValue().size() > 1 && one.getKey().contains(":idempotent:")))
                .as("written twice by an idempotent producer")
                .isEmpty();
        assertThat(found.keySet().stream().filter(key -> key.contains(":idempotent:")))
                .isNotEmpty();
    }

    @Override
    public void close() {
        stop();
    }

    private void add(
            String bootstrap, String topic, String name, int bytes, String codec, String acks, boolean idempotent) {
        String padding = "v".repeat(bytes);
        String[] settings = {
            "compression.type=" + codec,
            "acks=" + acks,
            "enable.idempotence=" + idempotent,
            "retries=" + (idempotent ? Integer.MAX_VALUE : 0),
            "request.timeout.ms=5000",
            "delivery.timeout.ms=20000",
            "max.block.ms=5000",
            "reconnect.backoff.max.ms=200",
            "linger.ms=2",
            "buffer.memory=2000000"
        };
        threads.add(new Thread(
                () -> {
                    try (KafkaProducer<String, String> producer = Clients.producer(bootstrap, settings)) {
                        for (int i = 0; running.get(); i++) {
                            send(producer, new ProducerRecord<>(topic, name + ":" + i, padding));
                            if (i % PAUSE_RECORDS == 0) {
                                producer.flush();
                            }
                        }
                    }
                },
                "load-" + name));
    }

    private void send(KafkaProducer<String, String> producer, ProducerRecord<String, String> record) {
        producer.send(record, (metadata, failure) -> {
            if (failure == null) {
                acknowledged.put(record.key(), metadata.partition() + ":" + metadata.offset());
            } else {
                problems.putIfAbsent(failure.getClass().getSimpleName(), failure.getMessage() + " at " + record.key());
            }
        });
    }
}
