package dev.weir.bench.group;

import dev.weir.bench.run.Row;
import java.util.List;

/** The rows of this package, in the order in which they run. */
public final class GroupRows {
    private GroupRows() {}

    public static List<Row> all() {
        return List.of(new RebalanceRow(10, 900), new JoinRow(500, 1_000), new ReplayRow(1_000_000));
    }
}
