package dev.weir.gateway;

import dev.weir.partition.client.PartitionStats;
import dev.weir.partition.client.ShardStats;
import dev.weir.partition.logdirs.LogDirsClient.Directory;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.ToLongFunction;

/** What there is to say of partitions, topics and log directories. */
final class PartitionSeries {
    private static final String TOPIC = "topic";

    private final Stats stats;
    private final int limit;
    private final Map<String, OneTopic> topics = new TreeMap<>();

    /** @param limit most series of a metric */
    PartitionSeries(Stats stats, int limit) {
        this.stats = stats;
        this.limit = limit;
        partitions().forEach(p -> topics.merge(p.name().topic(), OneTopic.of(p), OneTopic::plus));
    }

    private record OneTopic(int partitions, long bytes, PartitionStats.Counts counts) {
        static OneTopic of(PartitionStats partition) {
            return new OneTopic(1, partition.sizeBytes(), partition.counts());
        }

        OneTopic plus(OneTopic other) {
            return new OneTopic(partitions + other.partitions, bytes + other.bytes, counts.plus(other.counts));
        }
    }

    List<Series> all() {
        Series byTopic = topic("weir_topic_partitions", "Partitions of the topic on this broker");
        Series bytes = topic("weir_topic_log_bytes", "Bytes of the topic's segments on this broker");
        Series bytesIn = topic("weir_topic_bytes_in_total", "Bytes of record batches appended");
        Series recordsIn = topic("weir_topic_records_in_total", "Records appended");
        Series bytesOut = topic("weir_topic_bytes_out_total", "Bytes of record batches sent to consumers");
        Series refused = topic("weir_topic_produce_failures_total", "Record batches refused");
        Series unread = topic(
                "weir_topic_fetch_failures_total",
                "Fetches that failed: the disk could not be read, or a batch does not match its checksum");
        topics.forEach((name, topic) -> {
            byTopic.add(topic.partitions(), name);
            bytes.add(topic.bytes(), name);
            bytesIn.add(topic.counts().bytesIn(), name);
            recordsIn.add(topic.counts().recordsIn(), name);
            bytesOut.add(topic.counts().bytesOut(), name);
            refused.add(topic.counts().produceFailures(), name);
            unread.add(topic.counts().fetchFailures(), name);
        });
        Series start = partition("weir_partition_log_start_offset", "First offset of the partition");
        Series end = partition("weir_partition_high_watermark", "Offset below which records are committed");
        for (PartitionStats p : partitions()) {
            String number = Integer.toString(p.name().partition());
            start.add(p.logStartOffset(), p.name().topic(), number);
            end.add(p.highWatermark(), p.name().topic(), number);
        }
        Series writable = directory("weir_log_dir_writable", "1 if the directory takes writes, else 0");
        Series free = directory("weir_log_dir_free_bytes", "Bytes that are free on the directory's file system");
        Series size = directory("weir_log_dir_size_bytes", "Bytes of the directory's file system");
        for (Directory directory : stats.directories()) {
            String path = directory.path().toString();
            writable.add(directory.isWritable() ? 1 : 0, path);
            if (!directory.offline()) {
                free.add(directory.usableBytes(), path);
                size.add(directory.totalBytes(), path);
            }
        }
        return List.of(
                one("weir_topics", "Topics that have a partition on this broker", topics.size()),
                one("weir_partitions", "Partitions on this broker that are served", sum(ShardStats::online)),
                one(
                        "weir_partitions_offline",
                        "Partitions on this broker that cannot be used, since their directory or their log fails",
                        sum(ShardStats::offline)),
                one(
                        "weir_partition_leaders",
                        "Partitions that this broker leads",
                        partitions().stream().filter(PartitionStats::leader).count()),
                one(
                        "weir_partitions_under_replicated",
                        "Partitions that this broker leads and that have a replica out of sync",
                        partitions().stream()
                                .filter(PartitionStats::underReplicated)
                                .count()),
                one(
                        "weir_partitions_under_min_isr",
                        "Partitions that this broker leads and that have fewer replicas in sync than min.insync.replicas",
                        partitions().stream()
                                .filter(PartitionStats::underMinIsr)
                                .count()),
                one(
                        "weir_partitions_at_min_isr",
                        "Partitions that this broker leads and that have as many replicas in sync as min.insync.replicas",
                        partitions().stream().filter(PartitionStats::atMinIsr).count()),
                one(
                        "weir_isr_shrinks_total",
                        "Times that a partition lost a replica in sync, as this broker had asked for as its leader",
                        sumOfIsr(ShardStats.IsrChanges::shrinks)),
                one(
                        "weir_isr_expands_total",
                        "Times that a partition gained a replica in sync, as this broker had asked for as its leader",
                        sumOfIsr(ShardStats.IsrChanges::expands)),
                one(
                        "weir_isr_changes_failed_total",
                        "Times that such a change was refused, or not answered, and asked for again",
                        sumOfIsr(ShardStats.IsrChanges::failures)),
                byTopic,
                bytes,
                bytesIn,
                recordsIn,
                bytesOut,
                refused,
                unread,
                start,
                end,
                one(
                        "weir_log_dirs_read_only",
                        "Log directories that take no writes",
                        stats.directories().stream()
                                .filter(directory -> !directory.isWritable() && !directory.offline())
                                .count()),
                one(
                        "weir_log_dirs_offline",
                        "Log directories that could not be used at start, or were empty in the place of a missing one",
                        stats.directories().stream().filter(Directory::offline).count()),
                writable,
                free,
                size);
    }

    private List<PartitionStats> partitions() {
        return stats.shards().stream()
                .flatMap(shard -> shard.partitions().stream())
                .toList();
    }

    private int sum(java.util.function.ToIntFunction<ShardStats> what) {
        return stats.shards().stream().mapToInt(what).sum();
    }

    private long sumOfIsr(ToLongFunction<ShardStats.IsrChanges> what) {
        return stats.shards().stream().map(ShardStats::isr).mapToLong(what).sum();
    }

    private static Series one(String name, String help, double value) {
        return new Series(name, help, 1).add(value);
    }

    private Series topic(String name, String help) {
        return new Series(name, help, limit, TOPIC);
    }

    private Series partition(String name, String help) {
        return new Series(name, help, limit, TOPIC, "partition");
    }

    private Series directory(String name, String help) {
        return new Series(name, help, limit, "directory");
    }
}
