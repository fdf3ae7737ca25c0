package dev.weir.bench.report;

import java.util.Map;

/** The results as a page for the documentation: the surroundings, what the rows mean, the table with spans. */
public final class MarkdownPage {
    private MarkdownPage() {}

    /**
     * @param surroundings machine, versions, date and settings, in the order to print
     * @param abouts what each row does, by its name
     */
    public static String of(
            Results results, String kafka, String weir, Map<String, String> surroundings, Map<String, String> abouts) {
        StringBuilder page = new StringBuilder("""
                # Benchmarks

                Written by `make bench`: Weir and Apache Kafka side by side in one run, on one machine, by turns. A value is the
                median of the rounds, with their span in brackets; read the ratios rather than the absolute values. "Broker CPU"
                is the user and system time of the broker's process without its JIT compiler threads, which are shown apart;
                a GB is 10⁹ bytes of record payload.

                """);
        page.append("| | |\n|---|---|\n");
        surroundings.forEach((key, value) ->
                page.append("| ").append(key).append(" | ").append(value).append(" |\n"));
        page.append("\n| row | figure | unit | ").append(kafka).append(" | ").append(weir);
        page.append(" | ratio | goal | reached |\n|---|---|---|---:|---:|---:|---|---|\n");
        String last = "";
        for (Results.Line line : results.lines(kafka, weir)) {
            String row = line.row().equals(last) ? "" : line.row();
            last = line.row();
            page.append(line.isNote() ? noteRow(row, line) : valueRow(row, line));
        }
        page.append("\n## The rows\n\n");
        abouts.forEach((name, about) ->
                page.append("- `").append(name).append("`: ").append(about).append('\n'));
        return page.toString();
    }

    private static String noteRow(String row, Results.Line line) {
        return "| " + row + " | " + line.note().replace("|", "\\|") + " | | | | | | |\n";
    }

    private static String valueRow(String row, Results.Line line) {
        return "| "
                + String.join(
                        " | ",
                        row,
                        line.figure().name(),
                        line.figure().unit(),
                        Numbers.withSpan(line.kafka()),
                        Numbers.withSpan(line.weir()),
                        Numbers.ratio(line.ratio()),
                        line.figure().goal().text(),
                        line.verdict())
                + " |\n";
    }
}
