package dev.weir.bench.life;

import dev.weir.bench.report.Goal;
import dev.weir.bench.run.Row;
import java.util.List;

/** The rows of this package, in the order in which they run. */
public final class LifeRows {
    private LifeRows() {}

    public static List<Row> all() {
        return List.of(
                new StartRow(),
                new IdleRow(),
                new LoadedMemoryRow(),
                new PartitionsRow(2_000, Goal.ratioAtMost(0.2).and(Goal.below(1, "s"))),
                new PartitionsRow(10_000, Goal.ratioAtMost(0.5)));
    }
}
