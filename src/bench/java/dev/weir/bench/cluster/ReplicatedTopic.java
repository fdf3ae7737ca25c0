package dev.weir.bench.cluster;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.TopicPartitionInfo;

/** A topic on all three brokers, of which two must be in sync. */
final class ReplicatedTopic {
    private ReplicatedTopic() {}

    /** Creates it and waits until every replica is in sync. */
    static void create(Admin admin, String name, int partitions) throws Exception {
        create(admin, new NewTopic(name, partitions, (short) ThreeBrokers.SIZE));
    }

    /** Creates it with the same broker as leader of every partition. */
    static void createLedBy(Admin admin, String name, int partitions, int leader) throws Exception {
        Map<Integer, List<Integer>> replicas = new HashMap<>();
        int second = leader % ThreeBrokers.SIZE + 1;
        int third = second % ThreeBrokers.SIZE + 1;
        for (int i = 0; i < partitions; i++) {
            replicas.put(i, i % 2 == 0 ? List.of(leader, second, third) : List.of(leader, third, second));
        }
        create(admin, new NewTopic(name, replicas));
    }

    private static void create(Admin admin, NewTopic topic) throws Exception {
        admin.createTopics(List.of(topic.configs(Map.of("min.insync.replicas", "2"))))
                .all()
                .get(120, TimeUnit.SECONDS);
        awaitInSync(admin, topic.name());
    }

    static void awaitInSync(Admin admin, String name) throws Exception {
        ThreeBrokers.await("replicas in sync", () -> partitions(admin, name).stream()
                .allMatch(one -> one.isr().size() == ThreeBrokers.SIZE));
    }

    static List<TopicPartitionInfo> partitions(Admin admin, String name) throws Exception {
        return admin.describeTopics(List.of(name)).allTopicNames().get(60, TimeUnit.SECONDS).values().stream()
                .flatMap(topic -> topic.partitions().stream())
                .toList();
    }

    static int leader(Admin admin, String name) throws Exception {
        return partitions(admin, name).get(0).leader().id();
    }
}
