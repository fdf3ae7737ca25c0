package dev.weir.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** Directories of brokers that were copied, put back or emptied, beside a cluster of three that goes on. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class CopiedDirectoriesIT {
    private static final String HEAP = "-Xmx192m";
    private static final int VICTIM = 3;

    private Path home;
    private Cluster cluster;

    /** The copies are of an orderly stop of all. Each broker has two directories, with partitions in both. */
    @BeforeAll
    void start(@TempDir Path directory) throws Exception {
        home = directory;
        cluster = Cluster.start(home, 3, "log.dirs=data,data2");
        Await.until(() -> cluster.topicClient(1).create("early", 12).errorCode() == 0);
        for (int id : cluster.ids()) {
            cluster.broker(id).terminate();
            Directories.copy(cluster.broker(id).data(), old(id));
        }
        cluster.ids().forEach(id -> cluster.broker(id).relaunch());
        cluster.ids().forEach(id -> cluster.broker(id).awaitReady());
        Await.until(() -> cluster.topicClient(1).create("late", 12).errorCode() == 0);
    }

    @AfterAll
    void stop() {
        cluster.close();
    }

    @Test
    void shouldEndACopyThatIsStartedBesideTheOriginal() throws Exception {
        int original = controller() == VICTIM ? 1 : VICTIM;
        Path copy = copy(original, "beside");

        BrokerProcess.Outcome outcome = run(copy, "node.id=" + original, "initial.broker.registration.timeout.ms=1000");

        assertThat(outcome.output()).contains("another broker with node.id " + original + " is a part of the cluster");
        assertThat(outcome.exitCode()).isNotZero();
        assertGoesOn("beside");
    }

    /** It follows nobody, since the leader that it hears of has its own id; so it is never told that it is refused. */
    @Test
    void shouldEndACopyOfTheController() throws Exception {
        int original = controller();
        Path copy = copy(original, "of-the-controller");

        BrokerProcess.Outcome outcome = run(copy, "node.id=" + original);

        assertThat(outcome.output())
                .contains("is led by another process that is voter " + original + " as well")
                .contains("this broker's copy of the metadata cannot go on");
        assertThat(outcome.exitCode()).isNotZero();
        assertGoesOn("of-the-controller");
    }

    private int controller() {
        Await.until(() -> cluster.topicClient(1).quorum().leaderId() > 0);
        return cluster.topicClient(1).quorum().leaderId();
    }

    @Test
    void shouldRefuseACopyUnderAnotherId() throws Exception {
        Path copy = copy(VICTIM, "other-id");

        BrokerProcess.Outcome outcome = run(copy, "node.id=4");

        assertThat(outcome.output()).contains("belongs to node.id 3, this broker is node.id 4");
        assertThat(outcome.exitCode()).isNotZero();
        assertGoesOn("other-id");
    }

    @Test
    void shouldRefuseACopyThatWasGivenAnotherId() throws Exception {
        Path copy = copy(VICTIM, "renamed");
        Path properties = copy.resolve("meta.properties");
        Files.writeString(properties, Files.readString(properties).replace("node.id=3", "node.id=4"));

        BrokerProcess.Outcome outcome = run(copy, "node.id=4");

        assertThat(outcome.output()).contains("log directories of this broker a copy of those of another one");
        assertThat(outcome.exitCode()).isNotZero();
        assertGoesOn("renamed");
    }

    @Test
    void shouldCatchUpIfAnOlderCopyIsPutBack() throws Exception {
        cluster.broker(VICTIM).terminate();
        Directories.delete(cluster.broker(VICTIM).data());
        Directories.copy(old(VICTIM), cluster.broker(VICTIM).data());

        cluster.broker(VICTIM).restart();

        assertGoesOn("put-back");
        assertThat(cluster.topicClient(VICTIM).topics())
                .isEqualTo(cluster.topicClient(1).topics())
                .containsKeys("early", "late");
    }

    @Test
    void shouldNotStartWithAnOlderCopyThatHasForgottenItsVotes() throws Exception {
        Path copy = copy(VICTIM, "forgetful");
        Files.delete(copy.resolve("__cluster_metadata-0").resolve("quorum-state"));

        BrokerProcess.Outcome outcome = run(copy, "node.id=" + VICTIM);

        assertThat(outcome.output()).contains("no quorum-state in its metadata log: bring that folder back");
        assertThat(outcome.exitCode()).isNotZero();
    }

    @Test
    void shouldLeaveOutADiskThatCameBackEmptyAndServeTheOther() throws Exception {
        Path second = cluster.broker(VICTIM).data().resolveSibling("data2");
        Path aside = home.resolve("aside");
        cluster.broker(VICTIM).terminate();
        Files.move(second, aside);
        Files.createDirectory(second);

        cluster.broker(VICTIM).restart();

        assertThat(cluster.broker(VICTIM).latestLog()).contains("is its disk not mounted? It is not used");
        assertGoesOn("emptied");

        cluster.broker(VICTIM).terminate();
        Directories.delete(second);
        Files.move(aside, second);
        cluster.broker(VICTIM).restart();

        Await.until(() -> cluster.topicClient(1).metadata().topics().stream()
                .flatMap(topic -> topic.partitions().stream())
                .allMatch(partition -> partition.leaderId() > 0));
    }

    private Path old(int id) {
        return home.resolve("old-" + id);
    }

    private Path copy(int of, String name) throws IOException {
        Path copy = home.resolve(name);
        Directories.copy(old(of), copy);
        return copy;
    }

    /** Runs a broker over a directory, at other ports, to its end. */
    private BrokerProcess.Outcome run(Path data, String... settings) {
        List<String> all = new ArrayList<>(List.of(
                "cluster.id=" + Cluster.CLUSTER_ID,
                "cluster.membership=none",
                "listeners=PLAINTEXT://localhost:" + Loopback.freePort(),
                "http.port=-1",
                "log.dir=" + data,
                "controller.quorum.voters=" + voters()));
        all.addAll(List.of(settings));
        List<String> arguments = new ArrayList<>();
        all.forEach(setting -> arguments.addAll(List.of("--set", setting)));
        return BrokerProcess.run(home, Map.of("JAVA_TOOL_OPTIONS", HEAP), arguments.toArray(String[]::new));
    }

    private String voters() {
        return cluster.ids().stream()
                .map(id -> id + "@localhost:" + cluster.broker(id).kafkaPort())
                .collect(Collectors.joining(","));
    }

    private void assertGoesOn(String topic) {
        for (int id : cluster.ids()) {
            Await.until(
                    () -> cluster.topicClient(id).create(topic + "-" + id, 1).errorCode() == 0);
            cluster.awaitBrokers(id, 3);
        }
    }
}
