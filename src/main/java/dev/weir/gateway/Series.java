package dev.weir.gateway;

import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.CounterSnapshot.CounterDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot.GaugeDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** The series of one metric in one scrape. What is not added is not shown: nothing outlives what it describes. */
final class Series {
    private static final String TOTAL = "_total";

    private final String name;
    private final String help;
    private final String[] labelNames;
    private final int limit;
    private final List<Labels> labels = new ArrayList<>();
    private final List<Double> values = new ArrayList<>();
    private final Set<Labels> seen = new HashSet<>();
    private int dropped;

    /**
     * @param name as it is shown; one that ends in {@code _total} is a counter, any other a gauge
     * @param limit most series
     */
    Series(String name, String help, int limit, String... labelNames) {
        this.name = name;
        this.help = help;
        this.limit = limit;
        this.labelNames = labelNames;
    }

    /** @param labelValues in the order of the names; the first of several equal ones counts */
    Series add(double value, String... labelValues) {
        if (labels.size() >= limit) {
            dropped++;
            return this;
        }
        Labels own = Labels.of(labelNames, labelValues);
        if (seen.add(own)) {
            labels.add(own);
            values.add(value);
        }
        return this;
    }

    /** How many did not fit. */
    int dropped() {
        return dropped;
    }

    MetricSnapshot snapshot() {
        if (name.endsWith(TOTAL)) {
            CounterSnapshot.Builder counter = CounterSnapshot.builder()
                    .name(name.substring(0, name.length() - TOTAL.length()))
                    .help(help);
            for (int i = 0; i < labels.size(); i++) {
                counter.dataPoint(CounterDataPointSnapshot.builder()
                        .labels(labels.get(i))
                        .value(values.get(i))
                        .build());
            }
            return counter.build();
        }
        GaugeSnapshot.Builder gauge = GaugeSnapshot.builder().name(name).help(help);
        for (int i = 0; i < labels.size(); i++) {
            gauge.dataPoint(GaugeDataPointSnapshot.builder()
                    .labels(labels.get(i))
                    .value(values.get(i))
                    .build());
        }
        return gauge.build();
    }
}
