package dev.weir.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConfigLoaderTest {
    private final Path folder;

    ConfigLoaderTest(@TempDir Path folder) {
        this.folder = folder;
    }

    @Test
    void shouldLetLaterSourcesWin() throws IOException {
        // given
        Path file = write("num.partitions=2\nnode.id=2\nmessage.max.bytes=2\nlog.dirs=/file\n");
        Map<String, String> environment = Map.of("WEIR_NODE_ID", "3", "NUM_PARTITIONS", "3");

        // when
        BrokerConfig config = accepted(ConfigLoader.load(
                        file, environment, List.of("node.id=4", "message.max.bytes=4", "message.max.bytes=5")))
                .config();

        // then
        assertThat(config.topicCreation().partitions()).isEqualTo(2);
        assertThat(config.node().nodeId()).isEqualTo(3);
        assertThat(TopicSettings.toLogConfig(config, Map.of()).maxMessageBytes())
                .isEqualTo(5);
        assertThat(config.data().logDirs()).containsExactly("/file");
    }

    @Test
    void shouldTakeTheDefaultsWhereNothingIsGiven() {
        // when
        LoadResult loaded = ConfigLoader.load(null, Map.of("PATH", "/bin"), List.of());

        // then
        assertThat(accepted(loaded).warnings()).isEmpty();
        assertThat(accepted(loaded).config().node())
                .isEqualTo(BrokerConfig.defaults().node());
    }

    @Test
    void shouldKeepEqualsSignsInAValue() {
        // when
        LoadResult loaded = ConfigLoader.load(null, Map.of(), List.of("broker.rack=a=b"));

        // then
        assertThat(accepted(loaded).config().node().rack()).isEqualTo("a=b");
    }

    @Test
    void shouldNameTheNearestOfAnUnknownSetting() throws IOException {
        // given
        Path file = write("log.retention.hour=1\n");

        // when
        LoadResult loaded = ConfigLoader.load(file, Map.of("WEIR_NODEID", "1"), List.of("num.partition=1"));

        // then
        assertThat(accepted(loaded).warnings())
                .containsExactly(
                        "setting log.retention.hour (from " + file
                                + ") is not known and is ignored; the nearest known setting is log.retention.hours",
                        "setting nodeid (from environment variable WEIR_NODEID) is not known and is ignored; the nearest"
                                + " known setting is node.id",
                        "setting num.partition (from --set) is not known and is ignored; the nearest known setting is"
                                + " num.partitions");
    }

    @Test
    void shouldSayOfASettingOfKafkaThatItHasNoEffect() {
        LoadResult loaded = ConfigLoader.load(null, Map.of(), List.of("num.replica.fetchers=2", "my.plugin=1"));

        assertThat(accepted(loaded).warnings())
                .containsExactly(
                        "setting my.plugin (from --set) is not known and is ignored",
                        "setting num.replica.fetchers (from --set) is a setting of Apache Kafka that has no effect here");
    }

    @Test
    void shouldPassOverWhatKubernetesSetsForAServiceNamedWeir() {
        // when
        LoadResult loaded = ConfigLoader.load(
                null, Map.of("WEIR_SERVICE_HOST", "10.0.0.1", "WEIR_PORT", "tcp://10.0.0.1:9092"), List.of());

        // then
        assertThat(accepted(loaded).warnings()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "node.id=-1|node.id=-1 is not valid: it must be a whole number of 32 bits, at least 0 (from --set)",
                "node.id|--set node.id is not valid: it must be key=value",
                "=1|--set =1 is not valid: it must be key=value",
                "queued.max.request.bytes=1|queued.max.request.bytes=1 is not valid: it must be at least socket.request.max.bytes=104857600"
            })
    void shouldRejectABadAssignmentWithOneLine(String assignment, String problem) {
        // when
        LoadResult loaded = ConfigLoader.load(null, Map.of(), List.of(assignment));

        // then
        assertThat(loaded).isEqualTo(new LoadResult.Rejected(problem));
    }

    @Test
    void shouldSayWhichVariableHoldsABadValue() {
        // when
        LoadResult loaded = ConfigLoader.load(null, Map.of("WEIR_HTTP_PORT", "http\n80"), List.of());

        // then
        assertThat(loaded)
                .isEqualTo(new LoadResult.Rejected(
                        "http.port=http 80 is not valid: it must be a whole number of 32 bits, from -1"
                                + " to 65535 (from environment variable WEIR_HTTP_PORT)"));
    }

    @Test
    void shouldRejectAFileThatIsNotThere() {
        // given
        Path file = folder.resolve("none.properties");

        // when / then
        assertThat(ConfigLoader.load(file, Map.of(), List.of()))
                .isEqualTo(new LoadResult.Rejected("the configuration file " + file + " doesn't exist"));
    }

    @ParameterizedTest
    @CsvSource({"'node.id=\\u12'", "'\u00ff\u00fe\u0000'"})
    void shouldRejectAFileThatCanNotBeRead(String text) throws IOException {
        // given
        Path file = folder.resolve("weir.properties");
        Files.write(file, text.getBytes(StandardCharsets.ISO_8859_1));

        // when
        LoadResult loaded = ConfigLoader.load(file, Map.of(), List.of());

        // then
        assertThat(loaded).isInstanceOfSatisfying(LoadResult.Rejected.class, rejected -> assertThat(rejected.problem())
                .startsWith("the configuration file " + file + " can't be read: "));
    }

    private Path write(String text) throws IOException {
        return Files.writeString(folder.resolve("weir.properties"), text);
    }

    private static LoadResult.Accepted accepted(LoadResult loaded) {
        assertThat(loaded).isInstanceOf(LoadResult.Accepted.class);
        return (LoadResult.Accepted) loaded;
    }
}
