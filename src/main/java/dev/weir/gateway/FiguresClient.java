package dev.weir.gateway;

import dev.weir.gateway.LastAnswers.Gathered;
import dev.weir.group.GroupClient;
import dev.weir.group.GroupFigures;
import dev.weir.partition.client.PartitionClient;
import dev.weir.partition.client.ShardFigures;
import dev.weir.partition.logdirs.LogDirsClient;
import dev.weir.partition.logdirs.LogDirsClient.Directory;
import io.vertx.core.Future;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Asks the parts of a broker for their figures, and keeps what they said last. All who ask at once share one question. */
final class FiguresClient {
    /** Offsets that a scrape shows, of each coordinator. */
    private static final int MAX_OFFSETS = 10_000;

    private static final long PATIENCE_MS = 5_000;

    private final PartitionClient partitions;
    private final GroupClient groups;
    private final LogDirsClient directories;
    private final LastAnswers<ShardFigures> shards = new LastAnswers<>(PATIENCE_MS);
    private final LastAnswers<ShardFigures> counts = new LastAnswers<>(PATIENCE_MS);
    private final LastAnswers<GroupFigures> coordinators = new LastAnswers<>(PATIENCE_MS);
    private final LastAnswers<List<Directory>> homes = new LastAnswers<>(PATIENCE_MS);
    private @Nullable Future<Figures> underWay;

    FiguresClient(PartitionClient partitions, GroupClient groups, LogDirsClient directories) {
        this.partitions = partitions;
        this.groups = groups;
        this.directories = directories;
    }

    /** Never fails: a part that is not there, or too busy to answer in time, stands with what it said last. */
    Future<Figures> all() {
        if (underWay == null) {
            var ofShards = shards.gather(partitions.measure(true));
            var ofGroups = coordinators.gather(groups.measure(MAX_OFFSETS));
            var ofHomes = homes.gather(List.of(directories.describe()));
            Future<Figures> asked = Future.all(ofShards, ofGroups, ofHomes)
                    .map(done -> figures(ofShards.result(), ofGroups.result(), ofHomes.result()));
            underWay = asked;
            // Only now: it may be complete already.
            asked.onComplete(done -> underWay = null);
            return asked;
        }
        return underWay;
    }

    private static Figures figures(
            Gathered<ShardFigures> shards, Gathered<GroupFigures> groups, Gathered<List<Directory>> homes) {
        return new Figures(
                shards.known(),
                groups.known(),
                homes.known().stream().flatMap(List::stream).toList(),
                shards.silent() + groups.silent() + homes.silent());
    }

    /** Only how many partitions there are; empty where not every shard has answered yet. */
    Future<List<ShardFigures>> counts() {
        return counts.gather(partitions.measure(false))
                .map(answered -> answered.known().size() < partitions.shards() ? List.of() : answered.known());
    }
}
