package dev.weir.gateway;

import dev.weir.group.GroupStats;
import dev.weir.group.GroupStats.Committed;
import dev.weir.partition.client.PartitionStats;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToLongFunction;
import org.apache.kafka.common.TopicPartition;

/** The series of groups. Lag is the high watermark minus the committed offset, read in one scrape. */
final class GroupSeries {
    private final Stats stats;
    private final int limit;
    private final Map<TopicPartition, Long> ends = new HashMap<>();

    /** @param limit most series of a metric */
    GroupSeries(Stats stats, int limit) {
        this.stats = stats;
        this.limit = limit;
        stats.shards().stream()
                .flatMap(shard -> shard.partitions().stream())
                .filter(PartitionStats::leader)
                .forEach(p -> ends.put(p.name(), p.highWatermark()));
    }

    List<Series> all() {
        Series kinds = new Series("weir_groups", "Groups by type and state", limit, "type", "state");
        Map<List<String>, Integer> counts = new HashMap<>();
        stats.groups().stream()
                .flatMap(f -> f.kinds().stream())
                .forEach(kind -> counts.merge(List.of(kind.type(), kind.state()), kind.groups(), Integer::sum));
        counts.forEach((kind, count) -> kinds.add(count, kind.get(0), kind.get(1)));
        Series members = group("weir_group_members", "Members of the group");
        Series lag = group("weir_group_lag", "Records that the group has not committed, of all its partitions");
        Series offset = partition("weir_group_committed_offset", "The offset that the group has committed");
        Series partitionLag = partition("weir_group_partition_lag", "Records that the group has not committed");
        for (GroupStats some : stats.groups()) {
            for (GroupStats.One one : some.groups()) {
                members.add(one.members(), one.groupId());
                lag.add(add(one, offset, partitionLag), one.groupId());
            }
        }
        return List.of(
                kinds,
                new Series("weir_group_log_partitions_loading", "Partitions of the group log that are being loaded", 1)
                        .add(stats.groups().stream()
                                .mapToInt(GroupStats::loading)
                                .sum()),
                new Series("weir_group_rebalances_total", "Rebalances begun", limit, "type")
                        .add(sum(GroupStats.Counts::classicRebalances), "classic")
                        .add(sum(GroupStats.Counts::consumerRebalances), "consumer"),
                new Series("weir_group_offset_commits_total", "Offsets committed", 1)
                        .add(sum(GroupStats.Counts::commits)),
                new Series(
                                "weir_group_log_unreadable_records_total",
                                "Records of the group log that could not be read or applied and were passed over",
                                1)
                        .add(sum(GroupStats.Counts::unreadableRecords)),
                members,
                lag,
                offset,
                partitionLag);
    }

    /** Offsets of groups that no coordinator has named. */
    int leftOut() {
        return stats.groups().stream().mapToInt(GroupStats::leftOut).sum();
    }

    private long add(GroupStats.One group, Series offset, Series partitionLag) {
        long sum = 0;
        for (Committed committed : group.offsets()) {
            if (committed.offset() < 0) {
                // Some clients commit a sentinel where they have no position: nothing is committed there.
                continue;
            }
            String topic = committed.partition().topic();
            String partition = Integer.toString(committed.partition().partition());
            offset.add(committed.offset(), group.groupId(), topic, partition);
            Long end = ends.get(committed.partition());
            if (end != null) {
                long lag = Math.max(0, end - committed.offset());
                partitionLag.add(lag, group.groupId(), topic, partition);
                sum += lag;
            }
        }
        return sum;
    }

    private long sum(ToLongFunction<GroupStats.Counts> what) {
        return stats.groups().stream().map(GroupStats::counts).mapToLong(what).sum();
    }

    private Series group(String name, String help) {
        return new Series(name, help, limit, "group");
    }

    private Series partition(String name, String help) {
        return new Series(name, help, limit, "group", "topic", "partition");
    }
}
