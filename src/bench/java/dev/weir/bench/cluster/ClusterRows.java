package dev.weir.bench.cluster;

import dev.weir.bench.report.Goal;
import dev.weir.bench.run.Row;
import java.util.List;

/** The rows of this package, in the order in which they run. */
public final class ClusterRows {
    private ClusterRows() {}

    public static List<Row> all() {
        return List.of(
                new ClusterStartRow(),
                new ControllerFailoverRow(Fault.KILL, 10, Goal.below(0.5, "s")),
                new ControllerFailoverRow(Fault.HOLD, 2, Goal.below(7, "s")),
                new TopicsRow(),
                new LeaderFailoverRow(Fault.KILL, 10, Goal.below(0.7, "s")),
                new LeaderFailoverRow(Fault.HOLD, 2, Goal.below(7, "s")),
                new LeaderFailoverRow(Fault.RESTART, 3, Goal.ratioAtMost(1.0)),
                new ReplicatedProduceRow(0),
                new ReplicatedProduceRow(500),
                new ReplicatedProduceRow(5_000),
                new ManyLeadersRow(3_000));
    }
}
