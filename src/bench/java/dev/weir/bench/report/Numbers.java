package dev.weir.bench.report;

import java.util.Locale;

/** Writes values with as many digits as they carry meaning. */
final class Numbers {
    private Numbers() {}

    static String shortest(double value) {
        if (Double.isNaN(value) || Double.isInfinite(value)) {
            return "–";
        }
        double magnitude = Math.abs(value);
        if (magnitude >= 100) {
            return String.format(Locale.ROOT, "%,.0f", value);
        }
        return String.format(Locale.ROOT, magnitude >= 10 ? "%.1f" : magnitude >= 0.1 ? "%.2f" : "%.3f", value);
    }

    static String ratio(double value) {
        return Double.isNaN(value) || Double.isInfinite(value) ? "–" : String.format(Locale.ROOT, "%.2f", value);
    }

    /** The median, and the span of the rounds where there are several. */
    static String withSpan(Series series) {
        String median = shortest(series.median());
        return series.values().size() < 2
                ? median
                : median + " (" + shortest(series.least()) + "–" + shortest(series.most()) + ")";
    }
}
