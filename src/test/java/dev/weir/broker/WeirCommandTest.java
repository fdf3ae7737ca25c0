package dev.weir.broker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.config.BrokerConfig;
import dev.weir.config.ConfigDocs;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WeirCommandTest {
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();
    private final List<BrokerConfig> started = new ArrayList<>();

    @Test
    void shouldRunABrokerWithTheSettingsOfAllSources(@TempDir Path folder) throws IOException {
        // given
        Path file = Files.writeString(folder.resolve("weir.properties"), "num.partitions=3\nnode.id=3");

        // when
        int code = execute(
                Map.of("WEIR_NODE_ID", "4"), "--config", file.toString(), "--set", "http.port=0", "--set=log.dir=x");

        // then
        assertThat(code).isEqualTo(7);
        assertThat(started).hasSize(1);
        BrokerConfig config = started.get(0);
        assertThat(config.topicCreation().partitions()).isEqualTo(3);
        assertThat(config.node().nodeId()).isEqualTo(4);
        assertThat(config.http().port()).isZero();
        assertThat(config.data().logDirs()).containsExactly("x");
        assertThat(err.toString()).isEmpty();
    }

    @Test
    void shouldWarnOfAnUnknownSettingAndStart() {
        // when
        int code = execute(Map.of(), "--set", "node.ids=1");

        // then
        assertThat(code).isEqualTo(7);
        assertThat(err.toString().lines())
                .containsExactly(
                        "weir: warning: setting node.ids (from --set) is not known and is ignored; the nearest known"
                                + " setting is node.id");
    }

    @Test
    void shouldNotStartWithABadValue() {
        // when
        int code = execute(Map.of(), "--set", "node.id=one");

        // then
        assertThat(code).isEqualTo(1);
        assertThat(started).isEmpty();
        assertThat(err.toString().lines())
                .containsExactly(
                        "weir: node.id=one is not valid: it must be a whole number of 32 bits, at least 0 (from --set)");
    }

    @Test
    void shouldAnswerAnUnknownOptionInOneLine() {
        // when
        int code = execute(Map.of(), "--port", "1");

        // then
        assertThat(code).isEqualTo(2);
        assertThat(started).isEmpty();
        assertThat(err.toString().lines())
                .hasSize(1)
                .first()
                .asString()
                .contains("--port")
                .contains("--help");
    }

    @Test
    void shouldPrintHelpAndVersion() {
        // when
        int help = execute(Map.of(), "--help");
        int version = execute(Map.of(), "--version");

        // then
        assertThat(help).isZero();
        assertThat(version).isZero();
        assertThat(out.toString())
                .contains("--config=FILE", "--set=KEY=VALUE", "config-docs")
                .endsWith("weir unreleased\n");
        assertThat(started).isEmpty();
    }

    @Test
    void shouldPrintOrWriteTheReferenceOfAllSettings(@TempDir Path folder) throws IOException {
        // when
        int printed = execute(Map.of(), "config-docs");
        int written =
                execute(Map.of(), "config-docs", folder.resolve("reference.md").toString());
        int failed = execute(
                Map.of(), "config-docs", folder.resolve("none/reference.md").toString());

        // then
        assertThat(List.of(printed, written, failed)).containsExactly(0, 0, 1);
        assertThat(out.toString()).isEqualTo(ConfigDocs.markdown());
        assertThat(folder.resolve("reference.md")).hasContent(ConfigDocs.markdown());
        assertThat(err.toString()).contains("can't be written");
        assertThat(started).isEmpty();
    }

    private int execute(Map<String, String> environment, String... args) {
        return WeirCommand.execute(
                args,
                environment,
                config -> {
                    started.add(config);
                    return 7;
                },
                new PrintWriter(out),
                new PrintWriter(err));
    }
}
