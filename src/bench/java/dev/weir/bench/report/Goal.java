package dev.weir.bench.report;

/**
 * What Weir aims at in one figure, against Kafka's value of the same run or against a fixed limit.
 *
 * @param text how the goal is printed
 */
public record Goal(String text, Test test) {

    /** Whether a pair of medians reaches the goal. */
    @FunctionalInterface
    public interface Test {
        boolean reached(double kafka, double weir);
    }

    /** Nothing is promised; the figure is for orientation. */
    public static final Goal NONE = new Goal("", (kafka, weir) -> true);

    public static Goal ratioAtMost(double limit) {
        return new Goal("≤ " + limit, (kafka, weir) -> weir <= kafka * limit);
    }

    public static Goal ratioAtLeast(double limit) {
        return new Goal("≥ " + limit, (kafka, weir) -> weir >= kafka * limit);
    }

    /** Weir's own value stays below {@code limit}, whatever Kafka's is. */
    public static Goal below(double limit, String unit) {
        return new Goal("< " + limit + " " + unit, (kafka, weir) -> weir < limit);
    }

    public Goal and(Goal other) {
        return new Goal(
                text + ", " + other.text,
                (kafka, weir) -> test.reached(kafka, weir) && other.test.reached(kafka, weir));
    }
}
