package dev.weir.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.common.TopicPartitionReplica;
import org.apache.kafka.common.config.ConfigResource;
import org.junit.jupiter.api.Test;

/** Partitions that move between the log directories of a broker. */
class LogMovesIT extends SeveralLogDirs {
    @Test
    void shouldMoveAsKafkasReassignmentToolSays() throws Exception {
        try (BrokerProcess broker = start();
                Admin admin = Clients.admin(broker.bootstrap())) {
            // given
            createTopic(admin);
            Map<TopicPartitionReplica, String> wanted = wanted(1);
            Path plan = Files.writeString(home.resolve("plan.json"), plan(wanted));

            // when
            String executed = reassign(broker, plan, "--execute", "--replica-alter-log-dirs-throttle", "50000000");
            Await.until(() -> hasMoved(admin, wanted));
            String listed = reassign(broker, plan, "--list");
            String verified = reassign(broker, plan, "--verify");

            // then
            assertThat(executed)
                    .contains("Successfully started partition reassignment")
                    .contains("Successfully started moving log directory to " + dir("b") + " for replica moving-0");
            assertThat(listed).contains("No partition reassignments found.");
            assertThat(verified)
                    .contains("Reassignment of partition moving-0 is completed.")
                    .contains("Reassignment of replica moving-2-1 completed successfully.")
                    .contains("Clearing broker-level throttles");
        }
    }

    private static String reassign(BrokerProcess broker, Path plan, String... arguments) {
        List<String> all = new ArrayList<>(List.of("--bootstrap-server", broker.bootstrap()));
        all.addAll(List.of(arguments));
        if (!all.contains("--list")) {
            all.addAll(List.of("--reassignment-json-file", plan.toString()));
        }
        KafkaTool.Result result = KafkaTool.run("reassign.ReassignPartitionsCommand", all.toArray(String[]::new));
        assertThat(result.status()).as(result.all()).isZero();
        return result.out();
    }

    private static String plan(Map<TopicPartitionReplica, String> wanted) {
        return wanted.entrySet().stream()
                .map(one -> "{\"topic\":\"%s\",\"partition\":%d,\"replicas\":[1],\"log_dirs\":[\"%s\"]}"
                        .formatted(TOPIC, one.getKey().partition(), one.getValue()))
                .collect(Collectors.joining(",", "{\"version\":1,\"partitions\":[", "]}"));
    }

    @Test
    void shouldMoveUnderLoadWithNothingMissingOrDoubled() throws Exception {
        // given
        try (BrokerProcess broker = start();
                Admin admin = Clients.admin(broker.bootstrap())) {
            createTopic(admin);
            try (Load load = Load.start(broker.bootstrap(), TOPIC, "moves", 500);
                    Follower follower = Follower.start(broker.bootstrap(), TOPIC)) {
                Await.until(() -> load.acknowledged().size() > 2_000);

                // when
                for (int round = 0; round < 3; round++) {
                    int before = load.acknowledged().size();
                    move(admin, round);
                    Await.until(() -> load.acknowledged().size() > before + 1_000);
                }
                load.stop();

                // then
                assertThat(load.problems()).isEmpty();
                follower.awaitEnd();
                assertThat(follower.problems()).isEmpty();
                Load.assertKept(broker.bootstrap(), TOPIC, load.acknowledged());
            }
            KafkaTool.Result described = KafkaTool.run(
                    "LogDirsCommand", "--describe", "--bootstrap-server", broker.bootstrap(), "--topic-list", TOPIC);
            assertThat(described.out()).contains(dir("a"), dir("b"), dir("c"), "\"isFuture\":false");
            assertThat(broker.terminate()).isZero();
            assertThat(broker.log()).doesNotContain(" ERROR ");
            DumpedLogs.assertAccepted(broker.data(), TOPIC);
        }
    }

    @Test
    void shouldCompleteTheMovesThatAKillInterrupts() throws Exception {
        // given
        Map<String, String> acknowledged = new HashMap<>();
        try (BrokerProcess broker = start(RATE + "=200000");
                Admin admin = Clients.admin(broker.bootstrap())) {
            createTopic(admin);
            for (int round = 0; round < 3; round++) {
                try (Load load = Load.start(broker.bootstrap(), TOPIC, "round" + round, 500)) {
                    Await.until(() -> load.acknowledged().size() > 2_000);

                    // when
                    Map<TopicPartitionReplica, String> wanted = wanted(round);
                    admin.alterReplicaLogDirs(wanted).all().get();
                    broker.kill();
                    broker.restart();
                    limit(admin, "1000000000");
                    Await.until(() -> hasMoved(admin, wanted));
                    limit(admin, "200000");
                    load.stop();
                    acknowledged.putAll(load.acknowledged());
                }
            }
            Load.assertKept(broker.bootstrap(), TOPIC, acknowledged);
            assertThat(broker.terminate()).isZero();
            DumpedLogs.assertAccepted(broker.data(), TOPIC);
        }
    }

    private static void limit(Admin admin, String rate) throws Exception {
        admin.incrementalAlterConfigs(Map.of(
                        new ConfigResource(ConfigResource.Type.BROKER, "1"),
                        List.of(new AlterConfigOp(new ConfigEntry(RATE, rate), AlterConfigOp.OpType.SET))))
                .all()
                .get();
    }
}
