package dev.weir.config;

import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.TreeMap;
import org.apache.kafka.common.config.ConfigException;
import org.jspecify.annotations.Nullable;

/**
 * Reads the settings at start. Each source overrides the ones before it: the defaults, the properties file, the
 * assignments of the command line in their order, the environment.
 */
public final class ConfigLoader {
    private static final String PREFIX = "WEIR_";

    /** What Kubernetes sets in every container beside a service that is called weir. */
    private static final List<String> FOREIGN = List.of("WEIR_SERVICE_", "WEIR_PORT");

    /** A value and where it was read. */
    private record Source(String text, String origin) {}

    private final Map<String, Source> sources = new TreeMap<>();

    private ConfigLoader() {}

    /**
     * Reads and checks all settings.
     *
     * @param file the properties file; null for none
     * @param environment the process's environment; only names with {@code WEIR_} count, where {@code WEIR_LOG_DIRS} is
     *     {@code log.dirs}
     * @param assignments {@code key=value} texts of the command line
     */
    public static LoadResult load(@Nullable Path file, Map<String, String> environment, List<String> assignments) {
        ConfigLoader loader = new ConfigLoader();
        Optional<String> problem = file == null ? Optional.empty() : loader.readFile(file);
        if (problem.isEmpty()) {
            problem = loader.readAssignments(assignments);
            loader.readEnvironment(environment);
        }
        return problem.isEmpty() ? loader.check() : new LoadResult.Rejected(problem.get());
    }

    private Optional<String> readFile(Path file) {
        Properties properties = new Properties();
        try (Reader reader = Files.newBufferedReader(file)) {
            properties.load(reader);
        } catch (NoSuchFileException e) {
            return Optional.of("the configuration file " + file + " doesn't exist");
        } catch (IOException | IllegalArgumentException e) {
            return Optional.of("the configuration file " + file + " can't be read: " + e.getMessage());
        }
        for (String name : properties.stringPropertyNames()) {
            sources.put(name, new Source(properties.getProperty(name), file.toString()));
        }
        return Optional.empty();
    }

    private void readEnvironment(Map<String, String> environment) {
        environment.forEach((variable, text) -> {
            if (variable.startsWith(PREFIX) && FOREIGN.stream().noneMatch(variable::startsWith)) {
                String name = variable.substring(PREFIX.length())
                        .toLowerCase(Locale.ROOT)
                        .replace('_', '.');
                sources.put(name, new Source(text, "environment variable " + variable));
            }
        });
    }

    private Optional<String> readAssignments(List<String> assignments) {
        for (String assignment : assignments) {
            int equals = assignment.indexOf('=');
            String name = equals < 0 ? "" : assignment.substring(0, equals).strip();
            if (name.isEmpty()) {
                return Optional.of("--set " + assignment + " is not valid: it must be key=value");
            }
            sources.put(name, new Source(assignment.substring(equals + 1), "--set"));
        }
        return Optional.empty();
    }

    private LoadResult check() {
        List<String> warnings = new ArrayList<>();
        Map<String, String> given = new TreeMap<>();
        for (Map.Entry<String, Source> entry : sources.entrySet()) {
            String name = entry.getKey();
            Source source = entry.getValue();
            if (!BrokerSettings.ALL.isKnown(name)) {
                warnings.add("setting " + name + " (from " + source.origin() + ") " + OtherSettings.warning(name));
                continue;
            }
            Optional<String> problem = Parsing.problem(BrokerSettings.ALL.key(name), source.text());
            if (problem.isPresent()) {
                return new LoadResult.Rejected(problem.get() + " (from " + source.origin() + ")");
            }
            given.put(name, source.text());
        }
        try {
            BrokerConfig config = BrokerConfig.of(given);
            return new LoadResult.Accepted(config, warnings);
        } catch (ConfigException e) {
            return new LoadResult.Rejected(String.valueOf(e.getMessage()));
        }
    }
}
