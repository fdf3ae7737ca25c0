package dev.weir.it;

import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.TopicPartitionInfo;

/** What a cluster shows of the replicas of a topic. */
final class TortureWatch {
    private TortureWatch() {}

    static List<TopicPartitionInfo> partitions(Admin admin, String topic) throws Exception {
        return admin.describeTopics(List.of(topic))
                .allTopicNames()
                .get(20, TimeUnit.SECONDS)
                .get(topic)
                .partitions();
    }

    /** Empty if every broker is there and every replica in sync; else what is not. */
    static String unsettled(Cluster cluster, String topic) {
        try (Admin admin = cluster.admin()) {
            List<Integer> nodes = Cluster.nodes(admin);
            if (nodes.size() != cluster.ids().size()) {
                return "brokers " + nodes;
            }
            for (TopicPartitionInfo partition : partitions(admin, topic)) {
                if (partition.leader() == null
                        || partition.leader().isEmpty()
                        || partition.isr().size() != partition.replicas().size()) {
                    return partition.toString();
                }
            }
            return "";
        } catch (Exception e) {
            return e.toString();
        }
    }
}
