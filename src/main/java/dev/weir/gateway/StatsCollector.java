package dev.weir.gateway;

import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.util.ArrayList;
import java.util.List;

/**
 * Shows the newest {@link Stats} among the meters of the registry. The gateway hands over stats before each scrape, which
 * may run on any thread.
 */
final class StatsCollector implements MultiCollector {
    private static final int LIMIT = 10_000;

    private final int limit;
    private volatile Stats stats = Stats.NONE;

    StatsCollector() {
        this(LIMIT);
    }

    /** @param limit most series of one metric */
    StatsCollector(int limit) {
        this.limit = limit;
    }

    void show(Stats newest) {
        stats = newest;
    }

    @Override
    public MetricSnapshots collect() {
        Stats now = stats;
        GroupSeries groups = new GroupSeries(now, limit);
        List<Series> all = new ArrayList<>(new PartitionSeries(now, limit).all());
        all.addAll(groups.all());
        all.addAll(new ReplicaSeries(now.replicas(), limit).all());
        all.addAll(ControllerSeries.of(now));
        int dropped = groups.leftOut() + all.stream().mapToInt(Series::dropped).sum();
        all.add(new Series("weir_metrics_dropped_series", "Series left out since there are too many", 1).add(dropped));
        all.add(new Series("weir_metrics_silent_parts", "Parts that did not reply, shown with their last values", 1)
                .add(now.silent()));
        return new MetricSnapshots(all.stream().map(Series::snapshot).toList());
    }
}
