package dev.weir.config;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.clients.admin.AlterConfigOp.OpType;
import org.apache.kafka.common.message.IncrementalAlterConfigsRequestData.AlterConfigsResource;
import org.apache.kafka.common.message.IncrementalAlterConfigsRequestData.AlterableConfig;
import org.apache.kafka.common.message.IncrementalAlterConfigsRequestData.AlterableConfigCollection;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LoggerChangesTest {
    private final Map<String, String> levels = new TreeMap<>(Map.of("root", "INFO", "dev.weir", "INFO"));
    private final LoggerChanges changes = new LoggerChanges(1, new FakeLevels(levels));

    @Test
    void shouldSetAndUnsetLevels() {
        // when
        Errors set = changes.apply(resource("1", change("dev.weir", OpType.SET.id(), "TRACE")), false)
                .error();
        Map<String, String> afterSet = Map.copyOf(levels);
        Errors unset = changes.apply(resource("1", change("dev.weir", OpType.DELETE.id(), null)), false)
                .error();

        // then
        assertThat(set).isEqualTo(Errors.NONE);
        assertThat(afterSet).containsEntry("dev.weir", "TRACE");
        assertThat(unset).isEqualTo(Errors.NONE);
        assertThat(levels).doesNotContainKey("dev.weir");
    }

    @Test
    void shouldChangeNothingWhenOnlyValidating() {
        // when
        Errors error = changes.apply(resource("1", change("dev.weir", OpType.SET.id(), "TRACE")), true)
                .error();

        // then
        assertThat(error).isEqualTo(Errors.NONE);
        assertThat(levels).containsEntry("dev.weir", "INFO");
    }

    @ParameterizedTest
    @CsvSource({
        "2, dev.weir, 0, DEBUG, INVALID_REQUEST",
        "1, dev.none, 0, DEBUG, INVALID_CONFIG",
        "1, dev.weir, 0, LOUD, INVALID_CONFIG",
        "1, dev.weir, 0, , INVALID_CONFIG",
        "1, root, 1, , INVALID_REQUEST",
        "1, dev.weir, 2, DEBUG, INVALID_REQUEST",
        "1, dev.weir, 3, DEBUG, INVALID_REQUEST",
        "1, dev.weir, 9, DEBUG, INVALID_REQUEST"
    })
    void shouldRefuseWhatMakesNoSense(String broker, String logger, byte op, @Nullable String level, Errors error) {
        // given
        AlterConfigsResource resource =
                resource(broker, change("dev.weir", OpType.SET.id(), "TRACE"), change(logger, op, level));
        Map<String, String> before = Map.copyOf(levels);

        // when
        Errors answer = changes.apply(resource, false).error();

        // then
        assertThat(answer).isEqualTo(logger.equals("dev.weir") && broker.equals("1") ? Errors.INVALID_REQUEST : error);
        assertThat(levels).isEqualTo(before);
        assertThat(changes.apply(resource(broker, change(logger, op, level)), false)
                        .error())
                .isEqualTo(error);
    }

    @Test
    void shouldReachTheLoggersOfLogback() {
        // given
        LoggerContext context = new LoggerContext();
        context.getLogger("ROOT").setLevel(Level.WARN);
        context.getLogger("dev.weir");
        LoggerLevels logback = new LogbackLevels(context);

        // when
        logback.set("dev.weir", "DEBUG");
        Map<String, String> set = logback.levels();
        logback.unset("dev.weir");
        logback.set(LoggerLevels.ROOT, "FATAL");

        // then
        assertThat(set).containsEntry("dev.weir", "DEBUG").containsEntry("root", "WARN");
        assertThat(logback.levels()).containsEntry("dev.weir", "ERROR").containsEntry("root", "ERROR");
    }

    private static AlterableConfig change(String logger, byte op, @Nullable String level) {
        return new AlterableConfig().setName(logger).setConfigOperation(op).setValue(level);
    }

    private static AlterConfigsResource resource(String broker, AlterableConfig... all) {
        AlterableConfigCollection configs = new AlterableConfigCollection();
        for (AlterableConfig change : all) {
            configs.mustAdd(change);
        }
        return new AlterConfigsResource().setResourceName(broker).setConfigs(configs);
    }
}
