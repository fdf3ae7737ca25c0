package dev.weir.bench.report;

/**
 * One thing that is measured of both brokers.
 *
 * @param name what it is, unique within its row
 * @param unit the unit of its values
 * @param goal what Weir aims at
 */
public record Figure(String name, String unit, Goal goal) {

    public static Figure of(String name, String unit) {
        return new Figure(name, unit, Goal.NONE);
    }

    public static Figure of(String name, String unit, Goal goal) {
        return new Figure(name, unit, goal);
    }

    public Measured is(double value) {
        return new Measured(this, value);
    }
}
