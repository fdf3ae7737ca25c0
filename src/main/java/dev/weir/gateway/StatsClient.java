package dev.weir.gateway;

import dev.weir.controller.ControllerClient;
import dev.weir.controller.ControllerStats;
import dev.weir.gateway.LastAnswers.Gathered;
import dev.weir.group.GroupClient;
import dev.weir.group.GroupStats;
import dev.weir.partition.client.PartitionClient;
import dev.weir.partition.client.ShardStats;
import dev.weir.partition.logdirs.LogDirsClient;
import dev.weir.partition.logdirs.LogDirsClient.Directory;
import dev.weir.replica.ReplicaStats;
import dev.weir.replica.ReplicaStatsClient;
import io.vertx.core.Future;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Asks the parts of a broker for their stats, and keeps what they said last. All who ask at once share one question. */
final class StatsClient {
    /** Offsets that a scrape shows, of each coordinator. */
    private static final int MAX_OFFSETS = 10_000;

    private static final long PATIENCE_MS = 5_000;

    private final PartitionClient partitions;
    private final GroupClient groups;
    private final ReplicaStatsClient fetchers;
    private final LogDirsClient directories;
    private final ControllerClient controller;
    private final LastAnswers<ShardStats> shards = new LastAnswers<>(PATIENCE_MS);
    private final LastAnswers<ShardStats> counts = new LastAnswers<>(PATIENCE_MS);
    private final LastAnswers<GroupStats> coordinators = new LastAnswers<>(PATIENCE_MS);
    private final LastAnswers<ReplicaStats> replicas = new LastAnswers<>(PATIENCE_MS);
    private final LastAnswers<List<Directory>> logDirs = new LastAnswers<>(PATIENCE_MS);
    private final LastAnswers<ControllerStats> controllers = new LastAnswers<>(PATIENCE_MS);
    private @Nullable Future<Stats> underWay;

    StatsClient(
            PartitionClient partitions,
            GroupClient groups,
            ReplicaStatsClient fetchers,
            LogDirsClient directories,
            ControllerClient controller) {
        this.controller = controller;
        this.partitions = partitions;
        this.groups = groups;
        this.fetchers = fetchers;
        this.directories = directories;
    }

    /** Never fails: a part that is not there, or too busy to answer in time, stands with what it said last. */
    Future<Stats> all() {
        if (underWay == null) {
            var ofShards = shards.gather(partitions.stats(true));
            var ofGroups = coordinators.gather(groups.stats(MAX_OFFSETS));
            var ofReplicas = replicas.gather(fetchers.stats());
            var ofLogDirs = logDirs.gather(List.of(directories.describe()));
            var ofController = controllers.gather(List.of(controller.stats()));
            Future<Stats> asked = Future.all(ofShards, ofGroups, ofReplicas, ofLogDirs, ofController)
                    .map(done -> stats(
                            ofShards.result(),
                            ofGroups.result(),
                            ofReplicas.result(),
                            ofLogDirs.result(),
                            ofController.result()));
            underWay = asked;
            // Only now: it may be complete already.
            asked.onComplete(done -> underWay = null);
            return asked;
        }
        return underWay;
    }

    private static Stats stats(
            Gathered<ShardStats> shards,
            Gathered<GroupStats> groups,
            Gathered<ReplicaStats> replicas,
            Gathered<List<Directory>> logDirs,
            Gathered<ControllerStats> controllers) {
        return new Stats(
                shards.known(),
                groups.known(),
                replicas.known(),
                logDirs.known().stream().flatMap(List::stream).toList(),
                controllers.known(),
                shards.silent() + groups.silent() + replicas.silent() + logDirs.silent() + controllers.silent());
    }

    /** Only how many partitions there are; empty where not every shard has answered yet. */
    Future<List<ShardStats>> counts() {
        return counts.gather(partitions.stats(false))
                .map(answered -> answered.known().size() < partitions.shards() ? List.of() : answered.known());
    }
}
