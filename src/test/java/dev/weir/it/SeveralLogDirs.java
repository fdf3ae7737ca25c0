package dev.weir.it;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.DescribeReplicaLogDirsResult.ReplicaLogDirInfo;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.TopicPartitionReplica;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** A broker with three log directories, a, b and c, and a topic whose partitions can be moved between them. */
abstract class SeveralLogDirs {
    static final String TOPIC = "moving";
    static final int PARTITIONS = 3;
    static final String RATE = "replica.alter.log.dirs.io.max.bytes.per.second";

    Path home = Path.of("");

    @BeforeEach
    void takeFolder(@TempDir Path folder) {
        home = folder;
    }

    BrokerProcess start(String... settings) {
        List<String> all = new ArrayList<>(List.of(settings));
        all.add("log.dirs=" + dir("a") + "," + dir("b") + "," + dir("c"));
        return BrokerProcess.start(home, all.toArray(String[]::new));
    }

    String dir(String name) {
        return home.resolve("data").resolve(name).toString();
    }

    static void createTopic(Admin admin) throws Exception {
        NewTopic topic = new NewTopic(TOPIC, PARTITIONS, (short) 1).configs(Map.of("segment.bytes", "1048576"));
        admin.createTopics(List.of(topic)).all().get();
    }

    static TopicPartitionReplica replica(int partition) {
        return new TopicPartitionReplica(TOPIC, partition, 1);
    }

    void move(Admin admin, int round) throws Exception {
        Map<TopicPartitionReplica, String> wanted = wanted(round);
        admin.alterReplicaLogDirs(wanted).all().get();
        Await.until(() -> hasMoved(admin, wanted));
    }

    /** Another directory for each partition in each round. */
    Map<TopicPartitionReplica, String> wanted(int round) {
        Map<TopicPartitionReplica, String> wanted = new HashMap<>();
        for (int partition = 0; partition < PARTITIONS; partition++) {
            wanted.put(replica(partition), dir(List.of("a", "b", "c").get((partition + round) % 3)));
        }
        return wanted;
    }

    static boolean hasMoved(Admin admin, Map<TopicPartitionReplica, String> wanted) throws Exception {
        return where(admin).entrySet().stream()
                .allMatch(one -> one.getValue().getFutureReplicaLogDir() == null
                        && wanted.getOrDefault(one.getKey(), "")
                                .equals(one.getValue().getCurrentReplicaLogDir()));
    }

    static Map<TopicPartitionReplica, ReplicaLogDirInfo> where(Admin admin) throws Exception {
        List<TopicPartitionReplica> all = new ArrayList<>();
        for (int partition = 0; partition < PARTITIONS; partition++) {
            all.add(replica(partition));
        }
        return admin.describeReplicaLogDirs(all).all().get();
    }
}
