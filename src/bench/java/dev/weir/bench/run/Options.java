package dev.weir.bench.run;

import java.nio.file.FileSystems;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What was asked for on the command line.
 *
 * @param rows names or globs of the rows to run
 * @param scale multiplies durations and volumes; 1 for figures to keep, less for a quick look
 * @param rounds how many rounds each broker gets per row
 * @param minutes no row begins after this time
 * @param versus what is compared: {@code weir} with Kafka, {@code kafka} with itself, which shows the noise, or Weir with
 *     the older Weir whose jar this names
 * @param dir for everything a run writes, below {@code target}
 * @param kafka Kafka's jars
 * @param kafkaLogging the jar that binds Kafka's logging
 * @param weir Weir's jar
 * @param page where the page goes after a whole run at full scale
 */
public record Options(
        List<String> rows,
        double scale,
        int rounds,
        int minutes,
        String versus,
        boolean list,
        Path dir,
        Path kafka,
        Path kafkaLogging,
        Path weir,
        Path page) {

    public static final String USAGE = """
            options, each as --name=value:
              --rows=A,B*     rows to run, names or globs (default *)
              --scale=X       multiplies durations and volumes (default 1)
              --rounds=N      rounds per broker and row (default 3)
              --minutes=N     no row begins after this time (default 38)
              --versus=weir   or kafka: Kafka against itself, which shows the noise; or the jar of an
                              older Weir, which then takes Kafka's place
              --list          print the rows and end
              --dir=DIR --kafka=DIR --kafka-logging=DIR --weir=JAR --page=FILE
            """;

    private static final Map<String, String> DEFAULTS = Map.ofEntries(
            Map.entry("rows", "*"),
            Map.entry("scale", "1"),
            Map.entry("rounds", "3"),
            Map.entry("minutes", "38"),
            Map.entry("versus", "weir"),
            Map.entry("list", "false"),
            Map.entry("dir", "target/bench"),
            Map.entry("kafka", "target/kafka"),
            Map.entry("kafka-logging", "target/bench/kafka-logging"),
            Map.entry("weir", "target/weir.jar"),
            Map.entry("page", "docs/benchmarks.md"));

    /** Reads the arguments; one that is unknown or not a number where one is due is an exception with a plain message. */
    public static Options parse(String... arguments) {
        Map<String, String> values = new HashMap<>(DEFAULTS);
        for (String argument : arguments) {
            String[] parts = argument.replaceFirst("^--", "").split("=", 2);
            if (!argument.startsWith("--") || !DEFAULTS.containsKey(parts[0])) {
                throw new IllegalArgumentException("unknown option " + argument + "\n" + USAGE);
            }
            values.put(parts[0], parts.length == 2 ? parts[1] : "true");
        }
        Path dir = path(values, "dir");
        return new Options(
                Arrays.stream(text(values, "rows").split("[, ]+")).toList(),
                Double.parseDouble(text(values, "scale")),
                Integer.parseInt(text(values, "rounds")),
                Integer.parseInt(text(values, "minutes")),
                text(values, "versus"),
                Boolean.parseBoolean(text(values, "list")),
                dir,
                path(values, "kafka"),
                path(values, "kafka-logging"),
                path(values, "weir"),
                path(values, "page"));
    }

    public boolean chooses(String row) {
        return rows.stream()
                .anyMatch(glob ->
                        FileSystems.getDefault().getPathMatcher("glob:" + glob).matches(Path.of(row)));
    }

    /** Whether the run is the whole benchmark, fit to be kept. */
    public boolean isWhole() {
        return rows.contains("*") && scale == 1 && versus.equals("weir");
    }

    private static String text(Map<String, String> values, String name) {
        return values.getOrDefault(name, "");
    }

    private static Path path(Map<String, String> values, String name) {
        return Path.of(text(values, name)).toAbsolutePath().normalize();
    }
}
