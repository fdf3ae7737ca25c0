package dev.weir.bench.run;

import dev.weir.bench.broker.BrokerUnderTest;
import dev.weir.bench.report.Measured;
import dev.weir.bench.report.Results;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** One run of the benchmark: what the rows share. One thread owns it. */
public final class Session implements AutoCloseable {
    private final Options options;
    private final List<BrokerUnderTest> kinds;
    private final Results results = new Results();
    private final Progress progress;
    private final double loadBefore;
    private @Nullable Pair pair;

    /** @param loadBefore the machine's load when the run began */
    public Session(Options options, List<BrokerUnderTest> kinds, Progress progress, double loadBefore) {
        this.loadBefore = loadBefore;
        this.options = options;
        this.kinds = kinds;
        this.progress = progress;
    }

    /** Kafka, then Weir. */
    public List<BrokerUnderTest> kinds() {
        return kinds;
    }

    public Options options() {
        return options;
    }

    public Results results() {
        return results;
    }

    public Progress progress() {
        return progress;
    }

    /** The machine's load when the run began. */
    public double loadBefore() {
        return loadBefore;
    }

    /** Where a row's own brokers live. */
    public Path dir() {
        return options.dir().resolve("run");
    }

    /** The pair with these settings: the one that runs, or a new one in its place. */
    public Pair pair(Map<String, String> settings) throws IOException, InterruptedException {
        Pair current = pair;
        if (current != null && current.has(settings)) {
            return current;
        }
        endPair();
        progress.say("starting %s with %s", names(), settings.isEmpty() ? "common settings" : settings);
        Pair started = Pair.start(kinds, settings, dir());
        pair = started;
        return started;
    }

    /** Ends the pair that runs, if one does, and frees its disk space. */
    public void endPair() throws IOException, InterruptedException {
        Pair current = pair;
        pair = null;
        if (current != null) {
            current.close();
        }
    }

    public Duration scaled(Duration full) {
        return Duration.ofMillis(Math.max(500, (long) (full.toMillis() * options.scale())));
    }

    public long scaled(long full) {
        return Math.max(1, (long) (full * options.scale()));
    }

    /** Keeps a broker's figures of one round, and prints them. */
    public void record(Row row, String broker, String what, List<Measured> measured) {
        results.add(row.name(), broker, measured);
        progress.say(
                "%-32s %-12s %-10s %s",
                row.name(),
                what,
                broker,
                measured.stream()
                        .map(one -> String.format(
                                Locale.ROOT,
                                "%s %.4g %s",
                                one.figure().name(),
                                one.value(),
                                one.figure().unit()))
                        .collect(Collectors.joining(", ")));
    }

    private String names() {
        return kinds.stream().map(BrokerUnderTest::name).collect(Collectors.joining(" and "));
    }

    @Override
    public void close() throws IOException, InterruptedException {
        endPair();
    }
}
