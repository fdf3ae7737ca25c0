package dev.weir.gateway;

import dev.weir.controller.ControllerStats;
import java.util.List;

/** What there is to say of the controller. Those of the whole cluster are shown by the active controller only. */
final class ControllerSeries {
    private static final int KINDS = 3;

    private ControllerSeries() {}

    static List<Series> of(Stats stats) {
        Series active = new Series("weir_controller_active", "1 if this broker is the active controller, else 0", 1);
        Series elections = new Series(
                "weir_controller_elections_total",
                "Elections of a leader that this broker's controller has decided, by where the leader came from",
                KINDS,
                "from");
        Series leaderless = new Series("weir_controller_partitions_leaderless", "Partitions that nobody leads", 1);
        Series notPreferred = new Series(
                "weir_controller_partitions_not_preferred", "Partitions that are not led by their first replica", 1);
        for (ControllerStats controller : stats.controller()) {
            active.add(controller.active() ? 1 : 0);
            elections
                    .add(controller.counts().inSync(), "isr")
                    .add(controller.counts().eligible(), "elr")
                    .add(controller.counts().unclean(), "unclean");
            if (controller.active()) {
                leaderless.add(controller.leaderless());
                notPreferred.add(controller.notPreferred());
            }
        }
        return List.of(active, elections, leaderless, notPreferred);
    }
}
