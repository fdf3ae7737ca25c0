package dev.weir.broker;

import dev.weir.config.BrokerConfig;
import dev.weir.config.ConfigLoader;
import dev.weir.config.LoadResult;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.GroupProtocol;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * A broker's life in small: a start on free ports in a temporary directory, records written and read by a group of each protocol, an orderly
 * stop. It shows that an installation works, and its loaded classes are those that a class-data archive should hold. One
 * thread uses it.
 */
final class Rehearsal {
    private static final String TOPIC = "rehearsal";
    private static final int RECORDS = 100;
    private static final long LIMIT_SECONDS = 60;

    private Rehearsal() {}

    /**
     * Plays it once.
     *
     * @throws StartFailure where the broker does not start, stop, or give back what was written, with one line that says why
     * @throws IOException where there is no temporary directory
     */
    static void run() throws IOException, StartFailure {
        Path folder = Files.createTempDirectory("weir-rehearsal");
        try {
            int port = FreePorts.free("localhost");
            Broker broker = new Broker(config(folder, port));
            boolean clean;
            try {
                broker.start().toCompletionStage().toCompletableFuture().get(LIMIT_SECONDS, TimeUnit.SECONDS);
                writeAndRead("localhost:" + port);
            } finally {
                clean = broker.stop().toCompletionStage().toCompletableFuture().get(LIMIT_SECONDS, TimeUnit.SECONDS);
            }
            if (!clean) {
                throw new StartFailure("the rehearsed broker did not stop in order");
            }
        } catch (ExecutionException | TimeoutException | KafkaException e) {
            throw new StartFailure("the rehearsal failed: " + (e.getCause() == null ? e : e.getCause()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StartFailure("interrupted while rehearsing");
        } finally {
            remove(folder);
        }
    }

    private static BrokerConfig config(Path folder, int port) throws StartFailure {
        LoadResult loaded = ConfigLoader.load(
                null,
                Map.of(),
                List.of(
                        "listeners=PLAINTEXT://localhost:" + port,
                        "http.port=" + FreePorts.free("localhost"),
                        "log.dirs=" + folder,
                        "offsets.topic.num.partitions=1",
                        "group.initial.rebalance.delay.ms=0"));
        if (loaded instanceof LoadResult.Accepted accepted) {
            return accepted.config();
        }
        throw new StartFailure("the rehearsal has no settings: " + ((LoadResult.Rejected) loaded).problem());
    }

    private static void writeAndRead(String bootstrap)
            throws ExecutionException, InterruptedException, TimeoutException, StartFailure {
        byte[] value = TOPIC.getBytes(StandardCharsets.UTF_8);
        try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", bootstrap), new ByteArraySerializer(), new ByteArraySerializer())) {
            for (int i = 0; i < RECORDS; i++) {
                producer.send(new ProducerRecord<>(TOPIC, value)).get(LIMIT_SECONDS, TimeUnit.SECONDS);
            }
        }
        for (GroupProtocol protocol : GroupProtocol.values()) {
            read(bootstrap, protocol);
        }
    }

    /** Reads everything as a member of a group of its own. */
    private static void read(String bootstrap, GroupProtocol protocol) throws StartFailure {
        try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(
                Map.of(
                        "bootstrap.servers",
                        bootstrap,
                        "group.id",
                        TOPIC + "-" + protocol.name(),
                        "group.protocol",
                        protocol.name(),
                        "auto.offset.reset",
                        "earliest"),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer())) {
            consumer.subscribe(List.of(TOPIC));
            long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(LIMIT_SECONDS);
            int read = 0;
            while (read < RECORDS && System.nanoTime() < end) {
                read += consumer.poll(Duration.ofMillis(100)).count();
            }
            consumer.commitSync();
            if (read != RECORDS) {
                throw new StartFailure("the rehearsal read " + read + " records of " + RECORDS);
            }
        }
    }

    private static void remove(Path folder) throws IOException {
        try (Stream<Path> found = Files.walk(folder)) {
            for (Path path : found.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(path);
            }
        }
    }
}
