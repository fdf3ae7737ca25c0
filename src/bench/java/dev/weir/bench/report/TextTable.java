package dev.weir.bench.report;

import java.util.ArrayList;
import java.util.List;

/** The results as aligned plain text, medians only. */
public final class TextTable {
    private TextTable() {}

    public static String of(Results results, String kafka, String weir) {
        List<List<String>> cells = new ArrayList<>();
        cells.add(List.of("row", "figure", "unit", kafka, weir, weir + "/" + kafka, "goal", "reached"));
        String last = "";
        for (Results.Line line : results.lines(kafka, weir)) {
            String row = line.row().equals(last) ? "" : line.row();
            last = line.row();
            cells.add(line.isNote() ? List.of(row, line.note()) : cells(row, line));
        }
        return layOut(cells);
    }

    private static List<String> cells(String row, Results.Line line) {
        return List.of(
                row,
                line.figure().name(),
                line.figure().unit(),
                Numbers.shortest(line.kafka().median()),
                Numbers.shortest(line.weir().median()),
                Numbers.ratio(line.ratio()),
                line.figure().goal().text(),
                line.verdict());
    }

    private static String layOut(List<List<String>> cells) {
        int[] widths = new int[cells.get(0).size()];
        for (List<String> line : cells) {
            if (line.size() == widths.length) {
                for (int i = 0; i < widths.length; i++) {
                    widths[i] = Math.max(widths[i], line.get(i).length());
                }
            }
        }
        StringBuilder text = new StringBuilder();
        for (List<String> line : cells) {
            StringBuilder row = new StringBuilder();
            for (int i = 0; i < line.size(); i++) {
                boolean number = i >= 3 && i <= 5;
                String padding = " ".repeat(Math.max(0, widths[i] - line.get(i).length()));
                row.append(number ? padding + line.get(i) : line.get(i) + padding)
                        .append("  ");
            }
            text.append(row.toString().stripTrailing()).append('\n');
        }
        return text.toString();
    }
}
