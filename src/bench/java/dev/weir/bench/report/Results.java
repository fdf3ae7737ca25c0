package dev.weir.bench.report;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Everything measured in a run, in the order of the rows. Not safe for several threads: the session's thread owns it.
 */
public final class Results {
    private final Map<String, RowResult> rows = new LinkedHashMap<>();

    /** Adds one broker's values of one round. */
    public void add(String row, String broker, List<Measured> measured) {
        RowResult result = row(row);
        for (Measured one : measured) {
            result.series(one.figure(), broker).add(one.value());
        }
    }

    /** Notes why a row has no or not all figures. */
    public void note(String row, String text) {
        row(row).notes().add(text);
    }

    public boolean hasNotes() {
        return rows.values().stream().anyMatch(row -> !row.notes().isEmpty());
    }

    /** The lines of the table: one per figure, and one per note. */
    List<Line> lines(String kafka, String weir) {
        List<Line> lines = new ArrayList<>();
        rows.forEach((name, result) -> {
            result.figures()
                    .forEach((figure, byBroker) -> lines.add(new Line(
                            name,
                            figure,
                            byBroker.getOrDefault(kafka, new Series()),
                            byBroker.getOrDefault(weir, new Series()),
                            "")));
            result.notes()
                    .forEach(note -> lines.add(new Line(name, Figure.of("", ""), new Series(), new Series(), note)));
        });
        return lines;
    }

    private RowResult row(String name) {
        return rows.computeIfAbsent(name, ignored -> new RowResult(new LinkedHashMap<>(), new ArrayList<>()));
    }

    private record RowResult(Map<Figure, Map<String, Series>> figures, List<String> notes) {
        Series series(Figure figure, String broker) {
            return figures.computeIfAbsent(figure, ignored -> new LinkedHashMap<>())
                    .computeIfAbsent(broker, ignored -> new Series());
        }
    }

    /** One line of the table; a line with a note has no values. */
    record Line(String row, Figure figure, Series kafka, Series weir, String note) {
        boolean isNote() {
            return !note.isEmpty();
        }

        double ratio() {
            return weir.median() / kafka.median();
        }

        /** "yes", "no", or empty where there is no goal or nothing to compare. */
        String verdict() {
            if (figure.goal() == Goal.NONE || Double.isNaN(kafka.median()) || Double.isNaN(weir.median())) {
                return "";
            }
            return figure.goal().test().reached(kafka.median(), weir.median()) ? "yes" : "no";
        }
    }
}
