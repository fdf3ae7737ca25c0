package dev.weir.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.QuorumInfo;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What an operator types about three brokers and their metadata quorum: Apache Kafka's own tools. */
class QuorumToolsIT {
    private static final String METADATA_SHELL = "org.apache.kafka.shell.MetadataShell";
    private static final int SHELL_ATTEMPTS = 10;
    private static final int SHELL_SECONDS = 15;

    @TempDir
    private Path home;

    private Cluster cluster;

    @BeforeEach
    void start() {
        cluster = Cluster.start(home, 3, "metadata.log.max.snapshot.interval.ms=1000");
    }

    @AfterEach
    void stop() {
        cluster.close();
    }

    @Test
    void shouldTellTheClustersIdAndWhoListensWhere() throws Exception {
        // given
        String id;
        try (Admin admin = cluster.admin()) {
            id = admin.describeCluster().clusterId().get();
        }

        // then
        for (String bootstrap : List.of("--bootstrap-server", "--bootstrap-controller")) {
            assertThat(succeed("ClusterTool", "cluster-id", bootstrap, cluster.bootstrap()))
                    .contains("Cluster ID: " + id);
        }
        assertThat(rows(succeed("ClusterTool", "list-endpoints", "--bootstrap-controller", cluster.bootstrap())))
                .containsExactlyInAnyOrder(
                        "1 localhost " + port(1) + " null controller",
                        "2 localhost " + port(2) + " null controller",
                        "3 localhost " + port(3) + " null controller");
        assertThat(endpoints())
                .containsExactlyInAnyOrder(
                        "1 localhost " + port(1) + " null unfenced broker",
                        "2 localhost " + port(2) + " null unfenced broker",
                        "3 localhost " + port(3) + " null unfenced broker");
    }

    @Test
    void shouldForgetABrokerThatIsGone() {
        // given
        cluster.broker(3).kill();
        Await.until(() -> endpoints().contains("3 localhost " + port(3) + " null fenced broker"));

        // when
        String unregistered = succeed("ClusterTool", "unregister", "--bootstrap-server", bootstrap(), "--id", "3");
        KafkaTool.Result unknown =
                KafkaTool.run("ClusterTool", "unregister", "--bootstrap-server", bootstrap(), "--id", "7");

        // then
        assertThat(unregistered).contains("Broker 3 is no longer registered.");
        assertThat(endpoints()).noneMatch(row -> row.startsWith("3 "));
        assertThat(unknown.status()).isNotZero();
        assertThat(unknown.err()).contains("BrokerIdNotRegisteredException");

        // and when
        cluster.broker(3).restart();

        // then
        Await.until(() -> endpoints().contains("3 localhost " + port(3) + " null unfenced broker"));
    }

    @Test
    void shouldDescribeTheQuorum() throws Exception {
        for (String bootstrap : List.of("--bootstrap-server", "--bootstrap-controller")) {
            // when
            String status = quorum(bootstrap, "describe", "--status");
            String replication = quorum(bootstrap, "describe", "--replication");
            String readable = quorum(bootstrap, "describe", "--replication", "--human-readable");

            // then
            assertThat(status)
                    .containsPattern("LeaderId: +" + info().leaderId() + "\n")
                    .containsPattern("LeaderEpoch: +" + info().leaderEpoch() + "\n")
                    .containsPattern("HighWatermark: +[1-9]")
                    .containsPattern("CurrentVoters: .*\"id\": 1.*\"id\": 2.*\"id\": 3")
                    .contains("PLAINTEXT://localhost:" + port(2))
                    .containsPattern("CurrentObservers: +\\[]");
            assertThat(replication.lines().filter(line -> line.contains("Follower")))
                    .hasSize(2);
            assertThat(replication.lines().filter(line -> line.contains("Leader")))
                    .hasSize(1);
            assertThat(readable).contains("ms ago");
        }
    }

    @Test
    void shouldTakeAControllerOutOfTheQuorumAndPutItInAgain() throws Exception {
        // given
        int follower = info().leaderId() == 3 ? 2 : 3;
        String directory = directoryOf(follower);
        Path settings = Files.writeString(
                home.resolve("controller.properties"),
                "node.id=" + follower + "\nprocess.roles=broker,controller\nlog.dirs="
                        + cluster.broker(follower).data() + "\nlisteners=PLAINTEXT://localhost:" + port(follower)
                        + "\ncontroller.listener.names=PLAINTEXT\n");

        // when
        String removed =
                quorum("--bootstrap-server", "remove-controller", "-i", String.valueOf(follower), "-d", directory);

        // then
        assertThat(removed).contains("Removed  KRaft controller " + follower + " with directory id " + directory);
        Await.until(() -> info().voters().size() == 2);
        Await.until(() -> quorum("--bootstrap-server", "describe", "--replication")
                .lines()
                .anyMatch(line -> line.startsWith(follower + " ") && line.contains("Observer")));

        // and when: it may take a moment until it has caught up
        List<String> added = new ArrayList<>();
        Await.until(() -> {
            KafkaTool.Result result = KafkaTool.run(
                    "MetadataQuorumCommand",
                    "--bootstrap-server",
                    cluster.bootstrap(),
                    "--command-config",
                    settings.toString(),
                    "add-controller");
            added.add(result.all());
            return result.status() == 0;
        });

        // then
        assertThat(added.get(added.size() - 1))
                .contains("Added controller " + follower + " with directory id " + directory)
                .contains("PLAINTEXT://localhost:" + port(follower));
        Await.until(() -> info().voters().size() == 3);
    }

    @Test
    void shouldShowTheMetadataInTheFiles() throws Exception {
        // given
        try (Admin admin = cluster.admin()) {
            admin.createTopics(List.of(new NewTopic("shown", 2, (short) 1)))
                    .all()
                    .get();
        }
        Path folder = cluster.broker(3).data().resolve("__cluster_metadata-0");
        Await.until(() -> snapshot(folder).isPresent()
                && dump(snapshot(folder).orElseThrow()).contains("shown"));
        cluster.broker(3).terminate();
        Path snapshot = snapshot(folder).orElseThrow();
        Path log = folder.resolve("00000000000000000000.log");

        // then
        assertThat(dump(snapshot))
                .contains("SnapshotHeader", "KRaftVersion", "KRaftVoters", "SnapshotFooter")
                .contains("\"type\":\"FEATURE_LEVEL_RECORD\"", "\"name\":\"metadata.version\",\"featureLevel\":29")
                .contains("\"type\":\"REGISTER_BROKER_RECORD\"", "\"type\":\"PARTITION_RECORD\"");
        if (Files.exists(log)) {
            assertThat(dump(log)).contains("LeaderChange", "KRaftVoters", "\"type\":\"TOPIC_RECORD\"");
        }
        assertShown(snapshot, List.of("ls", "/image/topics/byName"), "shown");
        assertShown(
                snapshot,
                List.of("cat", "/image/cluster/brokers/1", "/image/topics/byName/shown/1"),
                "incarnationId",
                "PLAINTEXT",
                "leaderEpoch");
        assertShown(snapshot, List.of("cat", "/image/features/metadataVersion"), "4.2-IV1");
    }

    private String dump(Path file) {
        String dumped = succeed("DumpLogSegments", "--cluster-metadata-decoder", "--files", file.toString());
        assertThat(dumped).doesNotContain("Could not decode", "isvalid: false");
        return dumped;
    }

    /**
     * {@code kafka-metadata-shell}, in a process of its own. It is started again if it does not end, or shows nothing: it does not wait
     * for the metadata in order (KAFKA-15371).
     */
    private void assertShown(Path file, List<String> command, String... expected) throws Exception {
        List<String> all = new ArrayList<>(List.of(
                "java", "-Xmx64m", "-cp", KafkaTool.classPath(), METADATA_SHELL, "--snapshot", file.toString()));
        all.addAll(command);
        Path out = home.resolve("shell.out");
        for (int attempt = 0; attempt < SHELL_ATTEMPTS; attempt++) {
            Process shell = new ProcessBuilder(all)
                    .redirectErrorStream(true)
                    .redirectOutput(out.toFile())
                    .start();
            boolean ended = shell.waitFor(SHELL_SECONDS, TimeUnit.SECONDS);
            shell.destroyForcibly().waitFor();
            if (ended && Stream.of(expected).allMatch(Files.readString(out)::contains)) {
                return;
            }
        }
        assertThat(out).content().contains(expected);
    }

    private static Optional<Path> snapshot(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> file.toString().endsWith(".checkpoint")).max(Path::compareTo);
        }
    }

    private QuorumInfo info() throws Exception {
        try (Admin admin = cluster.admin()) {
            return admin.describeMetadataQuorum().quorumInfo().get();
        }
    }

    private String directoryOf(int voter) throws Exception {
        return info().voters().stream()
                .filter(one -> one.replicaId() == voter)
                .map(one -> one.replicaDirectoryId().toString())
                .findFirst()
                .orElseThrow();
    }

    private int port(int broker) {
        return cluster.broker(broker).kafkaPort();
    }

    /** Of the brokers that are never stopped. */
    private String bootstrap() {
        return cluster.broker(1).bootstrap() + "," + cluster.broker(2).bootstrap();
    }

    private List<String> endpoints() {
        return rows(succeed(
                "ClusterTool", "list-endpoints", "--include-fenced-brokers", "--bootstrap-server", bootstrap()));
    }

    /** The lines of a table but its first, one blank between columns. */
    private static List<String> rows(String table) {
        return table.lines()
                .skip(1)
                .map(line -> line.strip().replaceAll(" +", " "))
                .toList();
    }

    private String quorum(String bootstrap, String... command) {
        List<String> all = new ArrayList<>(List.of(bootstrap, cluster.bootstrap()));
        all.addAll(List.of(command));
        return succeed("MetadataQuorumCommand", all.toArray(String[]::new));
    }

    private static String succeed(String tool, String... arguments) {
        KafkaTool.Result result = KafkaTool.run(tool, arguments);
        assertThat(result.status()).as(result.all()).isZero();
        return result.out();
    }
}
