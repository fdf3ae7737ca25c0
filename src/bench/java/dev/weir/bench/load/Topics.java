package dev.weir.bench.load;

import dev.weir.bench.broker.RunningBroker;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/** Creates topics and deletes them, with Kafka's own client. */
public final class Topics {
    /** Partitions of every topic that a load uses. */
    static final int PARTITIONS = 6;

    private static final long SECONDS = 60;
    private static final Duration GONE_WITHIN = Duration.ofSeconds(30);
    private static final Duration PAUSE = Duration.ofMillis(20);

    private Topics() {}

    static void create(RunningBroker broker, String topic) throws Exception {
        create(broker, List.of(topic), PARTITIONS);
    }

    /** Creates topics one request each: a broker may bound what one request creates. */
    public static void create(RunningBroker broker, List<String> topics, int partitions) throws Exception {
        try (Admin admin = admin(broker)) {
            for (String topic : topics) {
                admin.createTopics(List.of(new NewTopic(topic, partitions, (short) 1)))
                        .all()
                        .get(SECONDS, TimeUnit.SECONDS);
            }
            awaitLeaders(admin, topics.get(topics.size() - 1), partitions);
        }
    }

    /** Names for many topics. */
    public static List<String> names(String prefix, int count) {
        return IntStream.range(0, count).mapToObj(i -> prefix + "-" + i).toList();
    }

    /** Deletes a topic and waits until the broker has given its disk space back. */
    static void delete(RunningBroker broker, String topic) throws Exception {
        try (Admin admin = admin(broker)) {
            admin.deleteTopics(List.of(topic)).all().get(SECONDS, TimeUnit.SECONDS);
        }
        long end = System.nanoTime() + GONE_WITHIN.toNanos();
        while (existsOnDisk(broker, topic)) {
            if (System.nanoTime() > end) {
                throw new IOException(
                        broker.name() + " did not remove a deleted topic's files in " + GONE_WITHIN.toSeconds() + " s");
            }
            Thread.sleep(PAUSE.toMillis());
        }
    }

    /** Asks every partition's leader for its end, until each is there to answer. */
    private static void awaitLeaders(Admin admin, String topic, int partitions) throws Exception {
        Map<TopicPartition, OffsetSpec> ends = IntStream.range(0, partitions)
                .boxed()
                .collect(Collectors.toMap(i -> new TopicPartition(topic, i), i -> OffsetSpec.latest()));
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS);
        while (true) {
            try {
                admin.listOffsets(ends).all().get(SECONDS, TimeUnit.SECONDS);
                return;
            } catch (ExecutionException e) {
                // What the controller has just created, the broker may not know yet.
                if (!(e.getCause() instanceof UnknownTopicOrPartitionException) || System.nanoTime() > end) {
                    throw e;
                }
                Thread.sleep(PAUSE.toMillis());
            }
        }
    }

    private static boolean existsOnDisk(RunningBroker broker, String topic) throws IOException {
        try (DirectoryStream<Path> found =
                Files.newDirectoryStream(broker.home().data(), topic + "-*")) {
            return found.iterator().hasNext();
        }
    }

    private static Admin admin(RunningBroker broker) {
        return Admin.create(Map.of("bootstrap.servers", broker.bootstrap()));
    }
}
