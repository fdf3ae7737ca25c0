package dev.weir.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.controller.ControllerStats;
import dev.weir.group.GroupStats;
import dev.weir.partition.client.PartitionStats;
import dev.weir.partition.client.ShardStats;
import dev.weir.replica.FetcherStats;
import dev.weir.replica.ReplicaStats;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

/** The series that the stats of a broker come to. */
class StatsCollectorTest {
    private static final TopicPartition T0 = new TopicPartition("t", 0);
    private static final TopicPartition T1 = new TopicPartition("t", 1);

    private final StatsCollector collector = new StatsCollector(3);

    @Test
    void shouldAddUpThePartitionsOfATopicOverTheShards() {
        // when
        collector.show(new Stats(
                List.of(shard(1, partition(T0, 10, true, false)), shard(2, partition(T1, 20, true, true))),
                List.of(),
                List.of(),
                List.of(),
                List.of(),
                0));

        // then
        assertThat(series())
                .containsEntry("weir_topics{}", 1.0)
                .containsEntry("weir_partitions{}", 2.0)
                .containsEntry("weir_partitions_offline{}", 3.0)
                .containsEntry("weir_partitions_under_replicated{}", 1.0)
                .containsEntry("weir_partitions_under_min_isr{}", 1.0)
                .containsEntry("weir_partitions_at_min_isr{}", 1.0)
                .containsEntry("weir_isr_shrinks{}", 4.0)
                .containsEntry("weir_isr_expands{}", 6.0)
                .containsEntry("weir_isr_changes_failed{}", 8.0)
                .containsEntry("weir_topic_bytes_in{topic=\"t\"}", 200.0)
                .containsEntry("weir_topic_records_in{topic=\"t\"}", 8.0)
                .containsEntry("weir_topic_fetch_failures{topic=\"t\"}", 2.0)
                .containsEntry("weir_partition_high_watermark{partition=\"1\",topic=\"t\"}", 20.0);
    }

    @Test
    void shouldCountTheLagToTheHighWatermarkOfWhatItLeads() {
        // when
        collector.show(new Stats(
                List.of(shard(0, partition(T0, 10, true, false), partition(T1, 20, false, false))),
                List.of(group("g", committed(T0, 4), committed(T1, 5))),
                List.of(),
                List.of(),
                List.of(),
                0));

        // then
        assertThat(series())
                .containsEntry("weir_group_partition_lag{group=\"g\",partition=\"0\",topic=\"t\"}", 6.0)
                .doesNotContainKey("weir_group_partition_lag{group=\"g\",partition=\"1\",topic=\"t\"}")
                .containsEntry("weir_group_lag{group=\"g\"}", 6.0)
                .containsEntry("weir_group_committed_offset{group=\"g\",partition=\"1\",topic=\"t\"}", 5.0)
                .containsEntry("weir_groups{state=\"Stable\",type=\"consumer\"}", 1.0)
                .containsEntry("weir_group_rebalances{type=\"consumer\"}", 3.0)
                .containsEntry("weir_group_log_unreadable_records{}", 2.0);
    }

    @Test
    void shouldAddUpTheCopiesOfALeaderOverTheShards() {
        // when
        collector.show(new Stats(
                List.of(),
                List.of(),
                List.of(
                        new ReplicaStats(
                                List.of(new FetcherStats(2, 3, 1, 7), new FetcherStats(3, 1, 0, 0)), 100, 4, 1),
                        new ReplicaStats(List.of(new FetcherStats(2, 5, 0, 9)), 11, 1, 0)),
                List.of(),
                List.of(),
                0));

        // then
        assertThat(series())
                .containsEntry("weir_replica_fetcher_partitions{leader=\"2\"}", 8.0)
                .containsEntry("weir_replica_fetcher_failed_partitions{leader=\"2\"}", 1.0)
                .containsEntry("weir_replica_fetcher_max_lag{leader=\"2\"}", 9.0)
                .containsEntry("weir_replica_fetcher_max_lag{leader=\"3\"}", 0.0)
                .containsEntry("weir_replication_bytes_in{}", 111.0)
                .containsEntry("weir_replica_truncations{}", 5.0)
                .containsEntry("weir_replica_truncations_below_high_watermark{}", 1.0);
    }

    @Test
    void shouldShowTheClusterOnlyByTheActiveController() {
        // when
        collector.show(ofController(new ControllerStats(true, new ControllerStats.Counts(5, 2, 1), 3, 4)));

        // then
        assertThat(series())
                .containsEntry("weir_controller_active{}", 1.0)
                .containsEntry("weir_controller_elections{from=\"isr\"}", 5.0)
                .containsEntry("weir_controller_elections{from=\"elr\"}", 2.0)
                .containsEntry("weir_controller_elections{from=\"unclean\"}", 1.0)
                .containsEntry("weir_controller_partitions_leaderless{}", 3.0)
                .containsEntry("weir_controller_partitions_not_preferred{}", 4.0);

        // and when
        collector.show(ofController(new ControllerStats(false, new ControllerStats.Counts(5, 2, 1), 0, 0)));

        // then
        assertThat(series())
                .containsEntry("weir_controller_active{}", 0.0)
                .doesNotContainKey("weir_controller_partitions_leaderless{}");
    }

    private static Stats ofController(ControllerStats controller) {
        return new Stats(List.of(), List.of(), List.of(), List.of(), List.of(controller), 0);
    }

    @Test
    void shouldShowNothingOfAnOffsetThatIsNone() {
        collector.show(new Stats(
                List.of(shard(0, partition(T0, 5, true, false), partition(T1, 5, true, false))),
                List.of(group("g", committed(T0, -1001), committed(T1, -1))),
                List.of(),
                List.of(),
                List.of(),
                0));

        assertThat(series())
                .containsEntry("weir_group_lag{group=\"g\"}", 0.0)
                .doesNotContainKey("weir_group_partition_lag{group=\"g\",partition=\"0\",topic=\"t\"}")
                .doesNotContainKey("weir_group_committed_offset{group=\"g\",partition=\"0\",topic=\"t\"}")
                .doesNotContainKey("weir_group_partition_lag{group=\"g\",partition=\"1\",topic=\"t\"}");
    }

    @Test
    void shouldNotCountBelowZeroWhereAnOffsetIsAheadOfWhatWasAsked() {
        collector.show(new Stats(
                List.of(shard(0, partition(T0, 10, true, false))),
                List.of(group("g", committed(T0, 11))),
                List.of(),
                List.of(),
                List.of(),
                0));

        assertThat(series()).containsEntry("weir_group_lag{group=\"g\"}", 0.0);
    }

    @Test
    void shouldShowNothingOfWhatIsGone() {
        collector.show(new Stats(
                List.of(shard(0, partition(T0, 10, true, false))),
                List.of(group("g", committed(T0, 4))),
                List.of(),
                List.of(),
                List.of(),
                0));
        assertThat(series().keySet()).anyMatch(name -> name.contains("topic=\"t\""));

        collector.show(new Stats(List.of(shard(0)), List.of(), List.of(), List.of(), List.of(), 0));

        assertThat(series().keySet()).noneMatch(name -> name.contains("\"t\"") || name.contains("\"g\""));
    }

    @Test
    void shouldSayHowMuchItLeavesOut() {
        // given: four partitions of four topics, of each of which three are shown
        PartitionStats[] many = new PartitionStats[4];
        for (int i = 0; i < many.length; i++) {
            many[i] = partition(new TopicPartition("t" + i, 0), 1, true, false);
        }

        // when
        collector.show(new Stats(List.of(shard(0, many)), List.of(), List.of(), List.of(), List.of(), 0));

        // then
        Map<String, Double> series = series();
        assertThat(series.keySet().stream().filter(name -> name.startsWith("weir_topic_bytes_in")))
                .hasSize(3);
        assertThat(series).containsEntry("weir_topics{}", 4.0).containsEntry("weir_metrics_dropped_series{}", 9.0);
    }

    private Map<String, Double> series() {
        Map<String, Double> series = new TreeMap<>();
        for (MetricSnapshot metric : collector.collect()) {
            String name = metric.getMetadata().getPrometheusName();
            if (metric instanceof CounterSnapshot counter) {
                counter.getDataPoints().forEach(p -> series.put(name + p.getLabels(), p.getValue()));
            } else if (metric instanceof GaugeSnapshot gauge) {
                gauge.getDataPoints().forEach(p -> series.put(name + p.getLabels(), p.getValue()));
            }
        }
        return series;
    }

    private static ShardStats shard(int offline, PartitionStats... partitions) {
        return new ShardStats(partitions.length, offline, new ShardStats.IsrChanges(2, 3, 4), List.of(partitions));
    }

    private static PartitionStats partition(TopicPartition name, long end, boolean leader, boolean behind) {
        return new PartitionStats(
                name,
                50,
                0,
                end,
                leader,
                behind,
                behind,
                leader && !behind,
                new PartitionStats.Counts(100, 4, 0, 0, 1));
    }

    private static GroupStats.Committed committed(TopicPartition partition, long offset) {
        return new GroupStats.Committed(partition, offset);
    }

    private static GroupStats group(String id, GroupStats.Committed... offsets) {
        return new GroupStats(
                List.of(new GroupStats.Kind("consumer", "Stable", 1)),
                List.of(new GroupStats.One(id, 2, List.of(offsets))),
                0,
                0,
                new GroupStats.Counts(7, 0, 3, 2));
    }
}
