package dev.weir.broker;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a start is given on the command line.
 *
 * @param file the properties file of {@code --config}; null for none
 * @param assignments the {@code key=value} texts of {@code --set}, in their order
 */
record StartArguments(@Nullable Path file, List<String> assignments) {
    private static final String CONFIG = "--config";
    private static final String SET = "--set";

    StartArguments {
        assignments = List.copyOf(assignments);
    }

    /**
     * The arguments of a plain start: {@code --config} and {@code --set}, each with a value after a blank or an equals
     * sign. Null if there is anything else, which {@link WeirOptions} then reads.
     */
    static @Nullable StartArguments read(String[] args) {
        List<String> files = new ArrayList<>();
        List<String> assignments = new ArrayList<>();
        for (int i = 0; i < args.length; i++) {
            int equals = args[i].indexOf('=');
            String name = equals < 0 ? args[i] : args[i].substring(0, equals);
            List<String> values = name.equals(CONFIG) ? files : name.equals(SET) ? assignments : null;
            boolean isNext = equals < 0 && i + 1 < args.length;
            String value = equals >= 0 ? args[i].substring(equals + 1) : isNext ? args[++i] : "";
            if (values == null || value.isEmpty() || value.startsWith("-")) {
                return null;
            }
            values.add(value);
        }
        return files.size() > 1
                ? null
                : new StartArguments(files.isEmpty() ? null : Path.of(files.get(0)), assignments);
    }
}
