package dev.weir.broker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.config.BrokerConfig;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StartArgumentsTest {
    @Test
    void shouldReadAPlainStart() {
        // when
        StartArguments start = StartArguments.read(
                new String[] {"--set", "a=1", "--config", "some.file", "--set=b=2=3", "--set", "a=4"});

        // then
        assertThat(start).isEqualTo(new StartArguments(Path.of("some.file"), List.of("a=1", "b=2=3", "a=4")));
    }

    @Test
    void shouldReadNothing() {
        assertThat(StartArguments.read(new String[0])).isEqualTo(new StartArguments(null, List.of()));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "--help",
                "--version",
                "config-docs",
                "--set",
                "--set=",
                "--set --set a=1",
                "--config",
                "--config a --config b",
                "--port 1",
                "extra",
                "-h",
                "--set a=1 extra"
            })
    void shouldLeaveEverythingElseToPicocli(String line) {
        assertThat(StartArguments.read(line.split(" "))).isNull();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "--set node.id=5",
                "--set=node.id=5 --set node.id=6",
                "--set broker.rack=a=b",
                "--config none.properties",
                "--config=none.properties --set node.id=5",
                "--set node.id"
            })
    void shouldReadAPlainStartAsPicocliDoes(String line) {
        // given
        String[] args = line.isEmpty() ? new String[0] : line.split(" ");
        Run plain = new Run();
        Run parsed = new Run();

        // when
        int plainCode = WeirCommand.execute(args, Map.of(), plain, plain.printer(), plain.printer());
        int parsedCode = WeirOptions.execute(
                args, new BrokerLaunch(Map.of(), parsed, parsed.printer()), parsed.printer(), parsed.printer());

        // then
        assertThat(plainCode).isEqualTo(parsedCode);
        assertThat(plain.printed()).isEqualTo(parsed.printed());
        assertThat(plain.nodes()).isEqualTo(parsed.nodes());
    }

    /** Remembers what it was asked to run and what was printed meanwhile. */
    private static final class Run implements BrokerRunner {
        private final StringWriter text = new StringWriter();
        private final List<BrokerConfig> started = new ArrayList<>();

        @Override
        public int run(BrokerConfig config) {
            started.add(config);
            return 0;
        }

        PrintWriter printer() {
            return new PrintWriter(text, true);
        }

        String printed() {
            return text.toString();
        }

        List<Object> nodes() {
            return started.stream().<Object>map(BrokerConfig::node).toList();
        }
    }
}
