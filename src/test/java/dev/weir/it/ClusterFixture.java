package dev.weir.it;

import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.QuorumInfo;
import org.apache.kafka.common.errors.TopicExistsException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;

/** What tests of a cluster share: its directory, its end, and short questions to its brokers. */
abstract class ClusterFixture {
    @TempDir
    Path home;

    Cluster cluster;

    @AfterEach
    void stop() {
        if (cluster != null) {
            cluster.close();
        }
    }

    /** Creates a topic of one partition. */
    static void create(Admin admin, String topic) throws Exception {
        admin.createTopics(List.of(new NewTopic(topic, 1, (short) 1))).all().get();
    }

    /** Whether the topic is there now, made through any broker. */
    boolean isCreated(String topic) throws Exception {
        return isCreated(cluster.bootstrap(), topic);
    }

    /** Whether the topic is there now, made through this broker. */
    boolean isCreated(int at, String topic) throws Exception {
        return isCreated(cluster.broker(at).bootstrap(), topic);
    }

    private static boolean isCreated(String bootstrap, String topic) throws Exception {
        try (Admin admin = Cluster.admin(bootstrap)) {
            create(admin, topic);
            return true;
        } catch (ExecutionException e) {
            return e.getCause() instanceof TopicExistsException;
        }
    }

    /** The metadata quorum as any broker describes it; empty while none knows its leader. */
    Optional<QuorumInfo> quorum() throws Exception {
        return quorum(cluster.bootstrap());
    }

    /** The metadata quorum as this broker describes it. */
    Optional<QuorumInfo> quorum(int seenBy) throws Exception {
        return quorum(cluster.broker(seenBy).bootstrap());
    }

    private static Optional<QuorumInfo> quorum(String bootstrap) throws Exception {
        try (Admin admin = Cluster.admin(bootstrap)) {
            return Optional.of(admin.describeMetadataQuorum().quorumInfo().get())
                    .filter(info -> info.leaderId() >= 0);
        } catch (ExecutionException e) {
            return Optional.empty();
        }
    }

    /** The active controller; waits until there is one. */
    int controller() throws Exception {
        Await.until(() -> quorum().isPresent());
        return quorum().map(QuorumInfo::leaderId).orElseThrow();
    }

    /** Whether this broker knows another controller. */
    boolean knowsAnother(int seenBy, int former) throws Exception {
        return quorum(seenBy).filter(info -> info.leaderId() != former).isPresent();
    }

    Set<Integer> voters(int seenBy) throws Exception {
        Set<Integer> ids = new HashSet<>();
        quorum(seenBy).ifPresent(info -> info.voters().forEach(one -> ids.add(one.replicaId())));
        return ids;
    }

    /** Each topic by name with its id, as this broker shows it. */
    Map<String, String> topicsOf(int id) throws Exception {
        try (Admin admin = cluster.admin(id)) {
            Map<String, String> found = new TreeMap<>();
            admin.listTopics()
                    .listings()
                    .get()
                    .forEach(one -> found.put(one.name(), one.topicId().toString()));
            return found;
        }
    }
}
