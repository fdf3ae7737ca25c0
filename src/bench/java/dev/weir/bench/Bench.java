package dev.weir.bench;

import dev.weir.bench.broker.BrokerUnderTest;
import dev.weir.bench.broker.KafkaBroker;
import dev.weir.bench.broker.Trees;
import dev.weir.bench.broker.WeirBroker;
import dev.weir.bench.cluster.ClusterRows;
import dev.weir.bench.group.GroupRows;
import dev.weir.bench.life.LifeRows;
import dev.weir.bench.load.LoadRows;
import dev.weir.bench.report.Machine;
import dev.weir.bench.run.Options;
import dev.weir.bench.run.Progress;
import dev.weir.bench.run.Row;
import dev.weir.bench.run.Session;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The benchmark: runs the chosen rows, one after another, and reports. */
public final class Bench {
    private static final int USAGE_ERROR = 2;
    private static final int GRACE_MINUTES = 12;
    private static final double BUSY = 0.5;
    private static final long NEEDED_BYTES = 15_000_000_000L;

    private Bench() {}

    public static void main(String[] arguments) throws Exception {
        Options options;
        try {
            options = Options.parse(arguments);
        } catch (IllegalArgumentException e) {
            System.err.println(e.getMessage());
            System.exit(USAGE_ERROR);
            return;
        }
        KafkaBroker kafka = new KafkaBroker("Kafka", options.kafka(), options.kafkaLogging());
        List<Row> rows = rows(options, kafka);
        if (options.list()) {
            rows.forEach(row -> System.out.printf("%-32s %s%n", row.name(), row.about()));
            return;
        }
        boolean clean = run(options, compared(options, kafka), rows);
        System.exit(clean ? 0 : 1);
    }

    private static List<BrokerUnderTest> compared(Options options, KafkaBroker kafka) {
        BrokerUnderTest weir = new WeirBroker("Weir", options.weir());
        return switch (options.versus()) {
            case "weir" -> List.of(kafka, weir);
            case "kafka" -> List.of(kafka, new KafkaBroker("Kafka again", options.kafka(), options.kafkaLogging()));
            default -> List.of(new WeirBroker("older Weir", Path.of(options.versus())), weir);
        };
    }

    private static List<Row> rows(Options options, KafkaBroker kafka) {
        List<Row> rows = new ArrayList<>(LoadRows.all(kafka, options.scale()));
        rows.addAll(GroupRows.all());
        rows.addAll(LifeRows.all());
        rows.addAll(ClusterRows.all());
        return rows.stream().filter(row -> options.chooses(row.name())).toList();
    }

    private static boolean run(Options options, List<BrokerUnderTest> kinds, List<Row> rows) throws Exception {
        check(options, rows);
        Trees.delete(options.dir().resolve("run"));
        Progress progress = new Progress(System.out);
        double load = Machine.load();
        if (load > BUSY) {
            progress.say("the machine is busy (load %.1f): expect noise", load);
        }
        endLate(options.minutes() + GRACE_MINUTES);
        try (Session session = new Session(options, kinds, progress, load)) {
            for (Row row : rows) {
                if (progress.elapsedSeconds() >= options.minutes() * 60L) {
                    session.results().note(row.name(), "left out: the time for the run was up");
                } else {
                    run(row, session);
                }
            }
            session.endPair();
            Report.write(session, rows);
            return !session.results().hasNotes();
        }
    }

    private static void run(Row row, Session session) throws IOException, InterruptedException {
        try {
            row.run(session);
        } catch (InterruptedException e) {
            throw e;
        } catch (Exception e) {
            // The other rows are still worth having; brokers that may be broken are replaced.
            session.progress().say("%-32s failed: %s", row.name(), e);
            session.results().note(row.name(), "failed: " + firstLine(e));
            session.endPair();
        }
    }

    private static void check(Options options, List<Row> rows) throws IOException {
        if (rows.isEmpty()) {
            throw new IOException("no row is called that; --list shows them");
        }
        Path dir = options.dir();
        Files.createDirectories(dir);
        long free = Files.getFileStore(dir).getUsableSpace();
        if (free < NEEDED_BYTES) {
            throw new IOException(
                    "needs " + NEEDED_BYTES / 1_000_000_000 + " GB of disk, " + free / 1_000_000_000 + " GB are free");
        }
    }

    /** Nothing may hang for ever, not even the benchmark. */
    private static void endLate(int minutes) {
        Thread watch = new Thread(
                () -> {
                    try {
                        Thread.sleep(minutes * 60_000L);
                        System.err.println("ended: the run took more than " + minutes + " minutes");
                        System.exit(1);
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                },
                "end-late");
        watch.setDaemon(true);
        watch.start();
    }

    private static String firstLine(Exception e) {
        return String.valueOf(e.getMessage()).lines().findFirst().orElse("") + " ("
                + e.getClass().getSimpleName() + ")";
    }
}
