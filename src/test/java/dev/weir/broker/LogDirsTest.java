package dev.weir.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.broker.LogDirs.NewCluster;
import dev.weir.metadata.ClusterImage;
import dev.weir.metadata.record.PartitionRecord;
import dev.weir.metadata.record.TopicRecord;
import dev.weir.partition.logdirs.LogDirAtStart;
import dev.weir.storage.file.InMemoryLogFiles;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class LogDirsTest {
    private final InMemoryLogFiles files = new InMemoryLogFiles();

    @Test
    void shouldGiveNewDirectoriesOneClusterAndAnIdEach() throws Exception {
        LogDirs dirs = LogDirs.open(files, List.of("/a", "/b"), null, 1, null, NewCluster.MADE_HERE);

        assertThat(dirs.logDirs())
                .extracting(LogDirAtStart::id)
                .doesNotHaveDuplicates()
                .hasSize(2);
        for (LogDirAtStart logDir : dirs.logDirs()) {
            assertThat(logDir.directory().metaProperties().orElseThrow().clusterId())
                    .isEqualTo(dirs.clusterId().orElseThrow());
            assertThat(logDir.clean()).isFalse();
        }
    }

    @Test
    void shouldFindWhatTheLastRunLeft() throws Exception {
        TopicPartition orders = new TopicPartition("orders", 0);
        Uuid topicId = new Uuid(3, 1);
        LogDirs first = LogDirs.open(files, List.of("/a"), null, 1, null, NewCluster.MADE_HERE);
        LogDirAtStart logDir = first.logDirs().get(0);
        files.createDirectories(Path.of("/a/__cluster_metadata-0"));
        files.createDirectories(logDir.directory().partitionPath(orders));
        logDir.directory().writeTopicId(logDir.directory().partitionPath(orders), topicId);
        logDir.directory().writeRecoveryPoints(Map.of(orders, 7L));
        logDir.directory().writeHighWatermarks(Map.of(orders, 6L));
        logDir.directory().markCleanShutdown(5);
        logDir.directory().close();

        LogDirAtStart again = LogDirs.open(files, List.of("/a"), null, 1, null, NewCluster.MADE_HERE)
                .logDirs()
                .get(0);

        assertThat(again.id()).isEqualTo(logDir.id());
        assertThat(again.clean()).isTrue();
        assertThat(again.recoveryPoints()).containsExactly(Map.entry(orders, 7L));
        assertThat(again.highWatermarks()).containsExactly(Map.entry(orders, 6L));
        assertThat(again.found()).contains(new LogDirAtStart.Found(orders, topicId, Path.of("/a/orders-0")));
    }

    @Test
    void shouldRefuseTheDirectoryOfAnotherNodeOrClusterAndLetGoOfIt() throws Exception {
        LogDirs first = LogDirs.open(files, List.of("/a"), null, 1, "one", NewCluster.MADE_HERE);
        first.logDirs().get(0).directory().close();

        assertThatThrownBy(() -> LogDirs.open(files, List.of("/a"), null, 2, null, NewCluster.MADE_HERE))
                .isInstanceOf(StartFailure.class)
                .hasMessageContaining("node.id 1");
        assertThatThrownBy(() -> LogDirs.open(files, List.of("/a"), null, 1, "two", NewCluster.MADE_HERE))
                .isInstanceOf(StartFailure.class)
                .hasMessageContaining("cluster one");
        assertThat(LogDirs.open(files, List.of("/a"), null, 1, null, NewCluster.MADE_HERE)
                        .clusterId())
                .contains("one");
    }

    @Test
    void shouldNotNameAClusterThatItJoins() throws Exception {
        assertThatThrownBy(() -> LogDirs.open(files, List.of("/a"), null, 1, null, NewCluster.KNOWN_TO_OTHERS))
                .isInstanceOf(StartFailure.class)
                .hasMessageContaining("cluster.id is not set");
        assertThat(LogDirs.open(files, List.of("/a"), null, 1, "one", NewCluster.KNOWN_TO_OTHERS)
                        .clusterId())
                .contains("one");
    }

    @Test
    void shouldNameItsDirectoriesWhenTheFirstLeaderHasMadeTheId() throws Exception {
        // given
        LogDirs first = openAmongNewVoters("/a", "/b");
        assertThat(first.clusterId()).isEmpty();
        assertThat(files.list(Path.of("/a"))).doesNotContain("meta.properties");

        // when
        first.name("made");

        // then
        assertThat(first.clusterId()).contains("made");
        List<Uuid> ids = first.logDirs().stream().map(LogDirAtStart::id).toList();
        files.createDirectories(Path.of("/a/__cluster_metadata-0"));
        files.put(Path.of("/a/__cluster_metadata-0/quorum-state"), new byte[] {'{', '}'});
        first.close();
        LogDirs again = openAmongNewVoters("/a", "/b");
        assertThat(again.clusterId()).contains("made");
        assertThat(again.logDirs()).extracting(LogDirAtStart::id).isEqualTo(ids);
    }

    /** A vote may be on the disk before there is an id. */
    @Test
    void shouldStillWaitForAnIdAfterARestart() throws Exception {
        openAmongNewVoters("/a", "/b").close();
        files.createDirectories(Path.of("/a/__cluster_metadata-0"));
        files.put(Path.of("/a/__cluster_metadata-0/quorum-state"), new byte[] {'{', '}'});

        LogDirs again = openAmongNewVoters("/a", "/b");
        again.name("made");
        again.admitNew(ClusterImage.empty("made"));

        assertThat(again.clusterId()).contains("made");
        for (LogDirAtStart logDir : again.logDirs()) {
            assertThat(logDir.directory().metaProperties().orElseThrow().clusterId())
                    .isEqualTo("made");
        }
    }

    @Test
    void shouldFindTheIdInAnyDirectoryIfTheProcessEndedWhileItNamedThem() throws Exception {
        LogDirs first = openAmongNewVoters("/a", "/b");
        files.onOperation((operation, path) -> {
            if (path.startsWith("/b")) {
                throw new IllegalStateException("the process is killed");
            }
        });
        assertThatThrownBy(() -> first.name("made")).isInstanceOf(IllegalStateException.class);
        files.onOperation((operation, path) -> {});
        files.put(Path.of("/a/__cluster_metadata-0/quorum-state"), new byte[] {'{', '}'});
        first.close();

        LogDirs again = openAmongNewVoters("/a", "/b");
        again.admitNew(ClusterImage.empty("made"));

        assertThat(again.clusterId()).contains("made");
        assertThat(again.logDirs().get(1).directory().metaProperties()).isPresent();
    }

    @Test
    void shouldNotGoOnIfTheDirectoryOfTheMetadataTakesNoName() throws Exception {
        LogDirs first = openAmongNewVoters("/a", "/b");
        files.onOperation((operation, path) -> {
            if (path.startsWith("/a")) {
                throw new IOException("Input/output error");
            }
        });

        assertThatThrownBy(() -> first.name("made")).isInstanceOf(IOException.class);

        assertThat(first.clusterId()).isEmpty();
        files.onOperation((operation, path) -> {});
        assertThat(files.list(Path.of("/b"))).doesNotContain("meta.properties");
    }

    private LogDirs openAmongNewVoters(String... paths) throws StartFailure {
        return LogDirs.open(files, List.of(paths), null, 1, null, NewCluster.MADE_BY_THE_FIRST_LEADER);
    }

    /** What it has promised to the other voters is gone with the file. */
    @Test
    void shouldBeANewVoterWhenItsVotesAreForgotten() throws Exception {
        LogDirs first = LogDirs.open(files, List.of("/a"), null, 1, "one", NewCluster.MADE_BY_THE_FIRST_LEADER);
        Uuid before = first.metadataLogDir().id();
        first.close();

        LogDirs emptied = LogDirs.open(files, List.of("/a"), null, 1, "one", NewCluster.MADE_BY_THE_FIRST_LEADER);
        Uuid after = emptied.metadataLogDir().id();
        emptied.close();
        files.createDirectories(Path.of("/a/__cluster_metadata-0"));
        files.put(Path.of("/a/__cluster_metadata-0/quorum-state"), new byte[] {'{', '}'});
        LogDirs kept = LogDirs.open(files, List.of("/a"), null, 1, "one", NewCluster.MADE_BY_THE_FIRST_LEADER);

        assertThat(after).isNotEqualTo(before);
        assertThat(kept.metadataLogDir().id()).isEqualTo(after);
        kept.close();
        files.remove(Path.of("/a/__cluster_metadata-0/quorum-state"));
        files.createDirectories(Path.of("/a/orders-0"));
        assertThatThrownBy(
                        () -> LogDirs.open(files, List.of("/a"), null, 1, "one", NewCluster.MADE_BY_THE_FIRST_LEADER))
                .isInstanceOf(StartFailure.class)
                .hasMessageContaining("no quorum-state");
    }

    @Test
    void shouldSetAsideWhatIsOfNoTopic() throws Exception {
        LogDirs dirs = LogDirs.open(files, List.of("/a"), null, 1, null, NewCluster.MADE_HERE);
        dirs.logDirs().get(0).directory().close();
        files.createDirectories(Path.of("/a/gone-0"));
        files.createDirectories(Path.of("/a/__cluster_metadata-0"));
        LogDirs again = LogDirs.open(files, List.of("/a"), null, 1, null, NewCluster.MADE_HERE);
        assertThat(again.logDirs().get(0).found()).hasSize(2);

        List<LogDirAtStart> kept =
                again.settled(ClusterImage.empty(again.clusterId().orElseThrow()));

        assertThat(kept.get(0).found()).hasSize(1);
        assertThat(files.list(Path.of("/a")))
                .anyMatch(name -> name.startsWith("gone-0.") && name.endsWith("-stray"))
                .doesNotContain("gone-0");
    }

    @Test
    void shouldKeepTheMetadataLogWhereItIsTold() throws Exception {
        assertThat(open(null, "/a", "/b").metadataLogDir().path()).isEqualTo(Path.of("/a"));
        assertThat(open("/d", "/c", "/d").metadataLogDir().path()).isEqualTo(Path.of("/d"));
        assertThatThrownBy(() -> open("/nowhere", "/e"))
                .isInstanceOf(StartFailure.class)
                .hasMessageContaining("metadata.log.dir /nowhere is not one of log.dirs");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/b/.lock", "/b/meta.properties.tmp"})
    void shouldGoOnWithoutADirectoryThatTheDiskRefuses(String refused) throws Exception {
        // given
        open(null, "/a").close();
        refuse(Path.of(refused));

        // when
        LogDirs dirs = open(null, "/a", "/b");

        // then
        assertThat(dirs.logDirs()).extracting(LogDirAtStart::path).containsExactly(Path.of("/a"));
        assertThat(dirs.failed()).singleElement().satisfies(failed -> {
            assertThat(failed.path()).isEqualTo(Path.of("/b"));
            assertThat(failed.why()).contains("Input/output error");
        });
        files.onOperation((operation, path) -> {});
        dirs.close();
        assertThat(open(null, "/a", "/b").logDirs()).hasSize(2);
    }

    @Test
    void shouldNotStartWithoutTheMetadataLog() throws Exception {
        open(null, "/b").close();
        refuse(Path.of("/a/.lock"));

        assertThatThrownBy(() -> open(null, "/a", "/b"))
                .isInstanceOf(StartFailure.class)
                .hasMessageContaining("/a (IOException: Input/output error)");
        assertThat(open(null, "/b").logDirs()).hasSize(1);
    }

    @Test
    void shouldNotFoundAClusterWhileADirectoryMayBelongToOne() {
        refuse(Path.of("/b/.lock"));

        assertThatThrownBy(() -> open(null, "/a", "/b"))
                .isInstanceOf(StartFailure.class)
                .hasMessageContaining("which cluster")
                .hasMessageContaining("/b");
    }

    @ParameterizedTest
    @CsvSource({"/b/__cluster_metadata-0, the metadata log is in /b", "/b/orders-0, is its disk not mounted"})
    void shouldNotBeginANewMetadataLogBesideWhatAnotherKnows(Path there, String why) throws Exception {
        // given: the disk of /a is not mounted, or the directories were put into another order
        open(null, "/a", "/b").close();
        files.createDirectories(there);

        assertThatThrownBy(() -> open(null, "/a", "/b"))
                .isInstanceOf(StartFailure.class)
                .hasMessageContaining(why);
        files.createDirectories(Path.of("/a/__cluster_metadata-0"));
        assertThat(open(null, "/a", "/b").logDirs()).hasSize(2);
    }

    @Test
    void shouldCountTheLastStopAsCleanUntilTheLogsAreOpened() throws Exception {
        LogDirs first = open(null, "/a");
        first.logDirs().get(0).directory().markCleanShutdown(5);
        first.close();
        open(null, "/a").close();

        LogDirs again = open(null, "/a");
        assertThat(again.settled(ClusterImage.empty(again.clusterId().orElseThrow()))
                        .get(0)
                        .clean())
                .isTrue();
        again.close();
        assertThat(open(null, "/a").logDirs().get(0).clean()).isFalse();
    }

    static Stream<Arguments> epochsOfTheLastStop() {
        return Stream.of(
                Arguments.of(7L, 7L, 7L),
                Arguments.of(7L, 8L, -1L),
                Arguments.of(7L, null, -1L),
                Arguments.of(null, null, -1L),
                Arguments.of(-1L, -1L, -1L));
    }

    @ParameterizedTest
    @MethodSource("epochsOfTheLastStop")
    void shouldNameTheEpochThatHasStoppedCleanlyInAllDirectories(@Nullable Long a, @Nullable Long b, long expected)
            throws Exception {
        // given
        LogDirs first = open(null, "/a", "/b");
        assertThat(first.previousBrokerEpoch()).isEqualTo(-1);
        if (a != null) {
            first.logDirs().get(0).directory().markCleanShutdown(a);
        }
        if (b != null) {
            first.logDirs().get(1).directory().markCleanShutdown(b);
        }
        files.createDirectories(Path.of("/a/__cluster_metadata-0"));
        first.close();

        // when
        LogDirs again = open(null, "/a", "/b");

        // then
        assertThat(again.previousBrokerEpoch()).isEqualTo(expected);
        again.close();
    }

    @Test
    void shouldNameNoEpochWhereADirectoryIsNew() throws Exception {
        LogDirs first = open(null, "/a");
        first.logDirs().get(0).directory().markCleanShutdown(7);
        files.createDirectories(Path.of("/a/__cluster_metadata-0"));
        first.close();

        LogDirs again = open(null, "/a", "/b");

        assertThat(again.previousBrokerEpoch()).isEqualTo(-1);
        again.close();
    }

    @Test
    void shouldLeaveOutAnEmptyDirectoryWhereAnotherIsMissed() throws Exception {
        // given: a partition in /b, whose disk is not mounted
        Uuid missing = brokerWithPartitionIn("/b");
        unmount("/b");

        // when
        LogDirs dirs = open(null, "/a", "/b", "/c");
        dirs.admitNew(image(missing));

        // then
        assertThat(dirs.logDirs()).extracting(LogDirAtStart::path).containsExactly(Path.of("/a"), Path.of("/c"));
        assertThat(dirs.failed()).singleElement().satisfies(failed -> {
            assertThat(failed.path()).isEqualTo(Path.of("/b"));
            assertThat(failed.why()).contains("empty");
        });
        assertThat(files.list(Path.of("/b"))).doesNotContain("meta.properties");
        dirs.close();
        LogDirs again = open(null, "/a", "/b", "/c");
        again.admitNew(image(missing));
        assertThat(again.failed()).hasSize(1);
    }

    @Test
    void shouldTakeAnEmptyDirectoryThatIsDeclaredNew() throws Exception {
        // given
        Uuid missing = brokerWithPartitionIn("/b");
        unmount("/b");
        files.createDirectories(Path.of("/b"));
        files.create(Path.of("/b/new-log-dir")).close();

        // when
        LogDirs dirs = open(null, "/a", "/b", "/c");
        dirs.admitNew(image(missing));

        // then
        assertThat(dirs.failed()).isEmpty();
        assertThat(files.list(Path.of("/b"))).contains("meta.properties").doesNotContain("new-log-dir");
    }

    @Test
    void shouldTakeAnEmptyDirectoryWhereNoneIsMissed() throws Exception {
        Uuid there = brokerWithPartitionIn("/b");

        LogDirs dirs = open(null, "/a", "/b", "/c", "/d");
        dirs.admitNew(image(there));

        assertThat(dirs.logDirs()).hasSize(4);
        assertThat(files.list(Path.of("/d"))).contains("meta.properties");
    }

    @Test
    void shouldTakeADirectoryThatHasLostItsNameButNotItsPartitions() throws Exception {
        Uuid missing = brokerWithPartitionIn("/b");
        files.deleteIfExists(Path.of("/b/meta.properties"));

        LogDirs dirs = open(null, "/a", "/b", "/c");
        dirs.admitNew(image(missing));

        assertThat(dirs.logDirs()).hasSize(3);
    }

    /** A broker that has run with three directories; answers the id of the one with the partition. */
    private Uuid brokerWithPartitionIn(String path) throws Exception {
        LogDirs first = open(null, "/a", "/b", "/c");
        first.admitNew(ClusterImage.empty(first.clusterId().orElseThrow()));
        files.createDirectories(Path.of("/a/__cluster_metadata-0"));
        files.createDirectories(Path.of(path).resolve("orders-0"));
        first.close();
        return first.logDirs().stream()
                .filter(logDir -> logDir.path().equals(Path.of(path)))
                .map(LogDirAtStart::id)
                .findFirst()
                .orElseThrow();
    }

    private void unmount(String path) throws IOException {
        for (String name : files.list(Path.of(path))) {
            files.deleteIfExists(Path.of(path).resolve(name));
        }
    }

    private static ClusterImage image(Uuid directory) {
        Uuid topic = new Uuid(3, 1);
        return ClusterImage.empty("cluster")
                .apply(new TopicRecord("orders", topic))
                .apply(new PartitionRecord(
                        topic, 0, List.of(1), List.of(1), List.of(), List.of(), 1, 0, 0, List.of(directory), false));
    }

    private LogDirs open(@Nullable String metadata, String... paths) throws StartFailure {
        return LogDirs.open(files, List.of(paths), metadata, 1, null, NewCluster.MADE_HERE);
    }

    private void refuse(Path refused) {
        files.onOperation((operation, path) -> {
            if (path.equals(refused)) {
                throw new IOException("Input/output error");
            }
        });
    }
}
