package dev.weir.partition.logdirs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.metadata.ClusterImage;
import dev.weir.metadata.record.TopicRecord;
import dev.weir.storage.directory.LogDirectory;
import dev.weir.storage.file.InMemoryLogFiles;
import dev.weir.storage.file.InMemoryLogFiles.Operation;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class StrayLogsTest {
    private static final Path DIR = Path.of("/logs");
    private static final Uuid GONE = new Uuid(3, 1);
    private static final Uuid LIVE = new Uuid(3, 2);
    private static final long KEEP_MS = 1_000;
    private static final long NOW = 50_000;

    private final InMemoryLogFiles files = new InMemoryLogFiles();
    private final ClusterImage image = ClusterImage.empty("cluster").apply(new TopicRecord("orders", LIVE));
    private LogDirectory directory;

    @BeforeEach
    void open() throws Exception {
        directory = LogDirectory.open(files, DIR);
    }

    @Test
    void shouldRemoveTheLogOfATopicThatIsGoneWhenItWasKeptLongEnough() throws Exception {
        stray("gone", GONE);
        StrayLogs strays = strays(KEEP_MS);

        strays.look(image, NOW);
        strays.look(image, NOW + KEEP_MS - 1);
        assertThat(strayNames()).hasSize(1);
        strays.look(image, NOW + KEEP_MS);

        assertThat(files.list(DIR)).containsExactly(".lock");
    }

    /** The broker may be started again and again in the meantime. */
    @Test
    void shouldCountFromTheFirstTimeThatTheLogWasSeen() throws Exception {
        stray("gone", GONE);
        strays(KEEP_MS).look(image, NOW);

        strays(KEEP_MS).look(image, NOW + KEEP_MS);

        assertThat(strayNames()).isEmpty();
    }

    @Test
    void shouldLeaveALogAloneIfItsTopicIsThere() throws Exception {
        stray("orders", LIVE);

        lookOften(strays(0));

        assertThat(strayNames()).hasSize(1);
        assertThat(files.list(strayPath())).containsExactlyInAnyOrder("00.log", "partition.metadata");
    }

    @Test
    void shouldLeaveALogAloneIfItIsUnknownWhoseItIs() throws Exception {
        Path path = stray("gone", GONE);
        files.deleteIfExists(path.resolve("partition.metadata"));
        Path damaged = stray("damaged", GONE);
        files.put(damaged.resolve("partition.metadata"), new byte[] {1, 2, 3});

        lookOften(strays(0));

        assertThat(strayNames()).hasSize(2);
    }

    @Test
    void shouldKeepAllIfItIsToldTo() throws Exception {
        stray("gone", GONE);

        lookOften(strays(-1));

        assertThat(strayNames()).hasSize(1);
    }

    @Test
    void shouldTryAgainIfALogCannotBeRemoved() throws Exception {
        stray("gone", GONE);
        StrayLogs strays = strays(0);
        files.onOperation((operation, path) -> {
            if (operation == Operation.RENAME) {
                throw new IOException("injected");
            }
        });
        strays.look(image, NOW);
        assertThat(strayNames()).hasSize(1);

        files.onOperation((operation, path) -> {});
        strays.look(image, NOW + 1);

        assertThat(strayNames()).isEmpty();
    }

    /** What is left is removed at the next start. */
    @Test
    void shouldLeaveOnlyWhatIsMarkedForDeletionIfItIsCutOff() throws Exception {
        stray("gone", GONE);
        files.onOperation((operation, path) -> {
            if (operation == Operation.DELETE && path.endsWith("partition.metadata")) {
                throw new IOException("injected");
            }
        });

        strays(0).look(image, NOW);

        assertThat(files.list(DIR)).anyMatch(name -> name.startsWith("gone-0.") && name.endsWith("-delete"));
        assertThat(strayNames()).isEmpty();
    }

    private void lookOften(StrayLogs strays) {
        for (int i = 0; i < 5; i++) {
            strays.look(image, NOW + i * KEEP_MS * 1_000);
        }
    }

    private StrayLogs strays(long keepMs) throws Exception {
        return new StrayLogs(List.of(LogDirAtStart.read(directory, new Uuid(500, 1))), keepMs);
    }

    /** A log that was set aside. */
    private Path stray(String topic, Uuid id) throws Exception {
        Path live = directory.partitionPath(new TopicPartition(topic, 0));
        files.createDirectories(live);
        directory.writeTopicId(live, id);
        files.create(live.resolve("00.log")).close();
        return directory.markStray(live, Uuid.randomUuid().toString());
    }

    private List<String> strayNames() {
        return files.list(DIR).stream().filter(name -> name.endsWith("-stray")).toList();
    }

    private Path strayPath() {
        return DIR.resolve(strayNames().get(0));
    }
}
