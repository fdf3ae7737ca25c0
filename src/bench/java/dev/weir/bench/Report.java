package dev.weir.bench;

import dev.weir.bench.broker.BrokerUnderTest;
import dev.weir.bench.broker.JvmFlags;
import dev.weir.bench.report.Machine;
import dev.weir.bench.report.MarkdownPage;
import dev.weir.bench.report.TextTable;
import dev.weir.bench.run.Options;
import dev.weir.bench.run.Row;
import dev.weir.bench.run.Session;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Prints the table and writes the page. */
final class Report {
    private Report() {}

    static void write(Session session, List<Row> rows) throws IOException {
        String kafka = session.kinds().get(0).name();
        String weir = session.kinds().get(1).name();
        System.out.println();
        System.out.println(TextTable.of(session.results(), kafka, weir));
        Map<String, String> abouts = new LinkedHashMap<>();
        rows.forEach(row -> abouts.put(row.name(), row.about()));
        Options options = session.options();
        Path page = options.isWhole() ? options.page() : options.dir().resolve("benchmarks.md");
        Files.createDirectories(page.getParent());
        Files.writeString(page, MarkdownPage.of(session.results(), kafka, weir, surroundings(session), abouts));
        System.out.println("written to " + Path.of("").toAbsolutePath().relativize(page));
        if (!options.isWhole()) {
            System.out.println("(not to " + options.page().getFileName() + ": that is for a whole run at full scale)");
        }
    }

    private static Map<String, String> surroundings(Session session) {
        Map<String, String> facts = new LinkedHashMap<>();
        facts.put("date", LocalDate.now(ZoneOffset.UTC).toString());
        facts.put("machine", Machine.describe());
        facts.put("JVM", Machine.jvm());
        for (BrokerUnderTest kind : session.kinds()) {
            facts.put(kind.name(), kind.version());
        }
        facts.put("flags", "`" + String.join(" ", JvmFlags.forBoth()) + "` for both, where nothing else is said");
        facts.put("load before the run", String.format(Locale.ROOT, "%.1f", session.loadBefore()));
        facts.put("rounds", Integer.toString(session.options().rounds()));
        facts.put("scale", Double.toString(session.options().scale()));
        facts.put("took", session.progress().elapsedSeconds() / 60 + " minutes");
        return facts;
    }
}
