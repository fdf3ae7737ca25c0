package dev.weir.broker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.metadata.ClusterImage;
import dev.weir.metadata.record.PartitionRecord;
import dev.weir.metadata.record.TopicRecord;
import dev.weir.partition.logdirs.LogDirAtStart;
import dev.weir.storage.directory.LogDirectory;
import dev.weir.storage.file.InMemoryLogFiles;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.apache.kafka.common.Uuid;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * A topic was deleted and created again under its name while this broker was away. Its directory still has the records of the
 * first one, at the same offsets and of the same leader epoch: it must neither serve them nor follow another replica with them.
 */
class RecreatedTopicTest {
    private static final Uuid FIRST = new Uuid(3, 1);
    private static final Uuid SECOND = new Uuid(3, 2);
    private static final Path OLD = Path.of("/a/orders-0");
    private static final Path SEGMENT = Path.of("00000000000000000000.log");
    private static final byte[] RECORDS = "records of the first".getBytes(StandardCharsets.US_ASCII);

    private final InMemoryLogFiles files = new InMemoryLogFiles();
    private Uuid directory = Uuid.ZERO_UUID;

    @BeforeEach
    void leaveALogOfTheFirst() throws Exception {
        LogDirs dirs = open();
        directory = dirs.metadataLogDir().id();
        LogDirectory only = dirs.metadataLogDir().directory();
        files.createDirectories(Path.of("/a/__cluster_metadata-0"));
        files.put(Path.of("/a/__cluster_metadata-0/quorum-state"), new byte[] {'{', '}'});
        files.createDirectories(OLD);
        only.writeTopicId(OLD, FIRST);
        files.put(OLD.resolve(SEGMENT), RECORDS);
        dirs.close();
    }

    @Test
    void shouldSetAsideTheLogOfTheFirstAndKeepItsRecords() throws Exception {
        List<LogDirAtStart> settled = open().settled(image(SECOND, directory));

        assertThat(settled.get(0).found())
                .noneMatch(found -> found.partition().topic().equals("orders"));
        Path aside = aside();
        assertThat(files.exists(OLD)).isFalse();
        assertThat(files.content(aside.resolve(SEGMENT))).isEqualTo(RECORDS);
    }

    @Test
    void shouldSetItAsideAlsoIfTheNewOneHasNoReplicaHere() throws Exception {
        ClusterImage elsewhere = ClusterImage.empty("one")
                .apply(new TopicRecord("orders", SECOND))
                .apply(partition(SECOND, 2, directory));

        List<LogDirAtStart> settled = open().settled(elsewhere);

        assertThat(settled.get(0).found())
                .noneMatch(found -> found.partition().topic().equals("orders"));
        assertThat(files.content(aside().resolve(SEGMENT))).isEqualTo(RECORDS);
    }

    @Test
    void shouldUseTheLogOfATopicThatIsStillTheSame() throws Exception {
        List<LogDirAtStart> settled = open().settled(image(FIRST, directory));

        assertThat(settled.get(0).found())
                .anyMatch(found -> found.path().equals(OLD) && found.topicId().equals(FIRST));
    }

    private Path aside() throws IOException {
        return files.list(Path.of("/a")).stream()
                .filter(name -> name.startsWith("orders-0.") && name.endsWith("-stray"))
                .map(Path.of("/a")::resolve)
                .findFirst()
                .orElseThrow(() -> new AssertionError(files.list(Path.of("/a"))));
    }

    private LogDirs open() throws StartFailure {
        return LogDirs.open(files, List.of("/a"), null, 1, "one", LogDirs.NewCluster.MADE_HERE);
    }

    private static ClusterImage image(Uuid topic, Uuid directory) {
        return ClusterImage.empty("one").apply(new TopicRecord("orders", topic)).apply(partition(topic, 1, directory));
    }

    private static PartitionRecord partition(Uuid topic, int broker, Uuid directory) {
        List<Integer> replicas = List.of(broker);
        return new PartitionRecord(
                topic, 0, replicas, replicas, List.of(), List.of(), broker, 0, 0, List.of(directory), false);
    }
}
