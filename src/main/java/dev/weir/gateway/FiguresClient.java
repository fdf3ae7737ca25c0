package dev.weir.gateway;

import dev.weir.group.GroupClient;
import dev.weir.partition.LogDirsClient;
import dev.weir.partition.PartitionClient;
import dev.weir.partition.ShardFigures;
import io.vertx.core.Future;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Asks the parts of a broker for their figures. Immutable but for a question under way, which all who ask share. */
final class FiguresClient {
    /** Offsets that a scrape shows, of each coordinator. */
    private static final int MAX_OFFSETS = 10_000;

    private static final long PATIENCE_MS = 5_000;

    private final PartitionClient partitions;
    private final GroupClient groups;
    private final LogDirsClient directories;
    private @Nullable Future<Figures> underWay;

    FiguresClient(PartitionClient partitions, GroupClient groups, LogDirsClient directories) {
        this.partitions = partitions;
        this.groups = groups;
        this.directories = directories;
    }

    /** Never fails: a part that is not there, or too busy to answer in time, has no figures. */
    Future<Figures> all() {
        if (underWay == null) {
            Future<List<ShardFigures>> shards = inTime(partitions.measure(true), List.of());
            var coordinators = inTime(groups.measure(MAX_OFFSETS), List.of());
            var homes = inTime(directories.describe(), List.of());
            Future<Figures> asked = Future.all(shards, coordinators, homes)
                    .map(done -> new Figures(shards.result(), coordinators.result(), homes.result()));
            underWay = asked;
            // Only now: it may be complete already.
            asked.onComplete(done -> underWay = null);
            return asked;
        }
        return underWay;
    }

    /** Only how many partitions there are; empty where the shards do not answer in time. */
    Future<List<ShardFigures>> counts() {
        return inTime(partitions.measure(false), List.of());
    }

    private static <T> Future<T> inTime(Future<T> answer, T otherwise) {
        return answer.timeout(PATIENCE_MS, TimeUnit.MILLISECONDS).otherwise(otherwise);
    }
}
