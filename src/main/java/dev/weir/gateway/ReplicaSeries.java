package dev.weir.gateway;

import dev.weir.replica.FetcherStats;
import dev.weir.replica.ReplicaStats;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.ToLongFunction;

/** What there is to say of the replicas that this broker copies from others. */
final class ReplicaSeries {
    private final List<ReplicaStats> shards;
    private final int limit;

    /** @param limit most series of a metric */
    ReplicaSeries(List<ReplicaStats> shards, int limit) {
        this.shards = shards;
        this.limit = limit;
    }

    List<Series> all() {
        Map<Integer, FetcherStats> byLeader = new TreeMap<>();
        shards.forEach(shard ->
                shard.fetchers().forEach(fetcher -> byLeader.merge(fetcher.leaderId(), fetcher, ReplicaSeries::plus)));
        Series partitions = leader("weir_replica_fetcher_partitions", "Partitions that are copied from the leader");
        Series failed = leader(
                "weir_replica_fetcher_failed_partitions",
                "Partitions that could not be copied from the leader five times in a row, and are tried on");
        Series lag = leader(
                "weir_replica_fetcher_max_lag",
                "The most offsets that a copy is behind the high watermark of the leader");
        byLeader.forEach((id, fetcher) -> {
            partitions.add(fetcher.partitions(), Integer.toString(id));
            failed.add(fetcher.failed(), Integer.toString(id));
            lag.add(fetcher.maxLag(), Integer.toString(id));
        });
        return List.of(
                partitions,
                failed,
                lag,
                total(
                        "weir_replication_bytes_in_total",
                        "Bytes of record batches copied from other brokers",
                        ReplicaStats::bytesIn),
                total(
                        "weir_replica_truncations_total",
                        "Copies that were cut, or started over, to agree with their leader",
                        ReplicaStats::cuts),
                total(
                        "weir_replica_truncations_below_high_watermark_total",
                        "Copies that lost committed records when they were cut or started over",
                        ReplicaStats::cutsBelowHighWatermark));
    }

    private static FetcherStats plus(FetcherStats one, FetcherStats other) {
        return new FetcherStats(
                one.leaderId(),
                one.partitions() + other.partitions(),
                one.failed() + other.failed(),
                Math.max(one.maxLag(), other.maxLag()));
    }

    private Series leader(String name, String help) {
        return new Series(name, help, limit, "leader");
    }

    private Series total(String name, String help, ToLongFunction<ReplicaStats> what) {
        return new Series(name, help, 1).add(shards.stream().mapToLong(what).sum());
    }
}
