package dev.weir.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.metadata.ClusterImage;
import dev.weir.partition.LogHome;
import dev.weir.storage.InMemoryLogFiles;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.junit.jupiter.api.Test;

class LogDirsTest {
    private final InMemoryLogFiles files = new InMemoryLogFiles();

    @Test
    void shouldGiveNewDirectoriesOneClusterAndAnIdEach() throws Exception {
        LogDirs dirs = LogDirs.open(files, List.of("/a", "/b"), 1, null);

        assertThat(dirs.homes()).extracting(LogHome::id).doesNotHaveDuplicates().hasSize(2);
        for (LogHome home : dirs.homes()) {
            assertThat(home.directory().metaProperties().orElseThrow().clusterId())
                    .isEqualTo(dirs.clusterId());
            assertThat(home.clean()).isFalse();
        }
    }

    @Test
    void shouldFindWhatTheLastRunLeft() throws Exception {
        TopicPartition orders = new TopicPartition("orders", 0);
        Uuid topicId = new Uuid(3, 1);
        LogDirs first = LogDirs.open(files, List.of("/a"), 1, null);
        LogHome home = first.homes().get(0);
        files.createDirectories(home.directory().partitionPath(orders));
        home.directory().writeTopicId(home.directory().partitionPath(orders), topicId);
        home.directory().writeRecoveryPoints(Map.of(orders, 7L));
        home.directory().writeHighWatermarks(Map.of(orders, 6L));
        home.directory().markCleanShutdown();
        home.directory().close();

        LogHome again = LogDirs.open(files, List.of("/a"), 1, null).homes().get(0);

        assertThat(again.id()).isEqualTo(home.id());
        assertThat(again.clean()).isTrue();
        assertThat(again.recoveryPoints()).containsExactly(Map.entry(orders, 7L));
        assertThat(again.highWatermarks()).containsExactly(Map.entry(orders, 6L));
        assertThat(again.found()).containsExactly(new LogHome.Found(orders, topicId, Path.of("/a/orders-0")));
    }

    @Test
    void shouldRefuseTheDirectoryOfAnotherNodeOrClusterAndLetGoOfIt() throws Exception {
        LogDirs first = LogDirs.open(files, List.of("/a"), 1, "one");
        first.homes().get(0).directory().close();

        assertThatThrownBy(() -> LogDirs.open(files, List.of("/a"), 2, null))
                .isInstanceOf(StartFailure.class)
                .hasMessageContaining("node.id 1");
        assertThatThrownBy(() -> LogDirs.open(files, List.of("/a"), 1, "two"))
                .isInstanceOf(StartFailure.class)
                .hasMessageContaining("cluster one");
        assertThat(LogDirs.open(files, List.of("/a"), 1, null).clusterId()).isEqualTo("one");
    }

    @Test
    void shouldSetAsideWhatIsOfNoTopic() throws Exception {
        LogDirs dirs = LogDirs.open(files, List.of("/a"), 1, null);
        dirs.homes().get(0).directory().close();
        files.createDirectories(Path.of("/a/gone-0"));
        LogDirs again = LogDirs.open(files, List.of("/a"), 1, null);
        assertThat(again.homes().get(0).found()).hasSize(1);

        List<LogHome> kept = again.settled(ClusterImage.empty(again.clusterId()), 1);

        assertThat(kept.get(0).found()).isEmpty();
        assertThat(files.list(Path.of("/a")))
                .anyMatch(name -> name.startsWith("gone-0.") && name.endsWith("-stray"))
                .doesNotContain("gone-0");
    }

    @Test
    void shouldKeepTheMetadataLogWhereItIsTold() throws Exception {
        LogDirs dirs = LogDirs.open(files, List.of("/a", "/b"), 1, null);

        assertThat(dirs.metadataHome(null).path()).isEqualTo(Path.of("/a"));
        assertThat(dirs.metadataHome("/b").path()).isEqualTo(Path.of("/b"));
    }
}
