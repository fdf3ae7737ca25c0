package dev.weir.gateway;

import dev.weir.controller.ControllerStats;
import dev.weir.group.GroupStats;
import dev.weir.partition.client.ShardStats;
import dev.weir.partition.logdirs.LogDirsClient.Directory;
import dev.weir.replica.ReplicaStats;
import java.util.List;

/**
 * The stats of all parts of a broker at one moment.
 *
 * @param controller of its controller; empty before it has answered for the first time
 * @param silent parts that have not answered this time, and stand here with what they said last
 */
record Stats(
        List<ShardStats> shards,
        List<GroupStats> groups,
        List<ReplicaStats> replicas,
        List<Directory> directories,
        List<ControllerStats> controller,
        int silent) {
    static final Stats NONE = new Stats(List.of(), List.of(), List.of(), List.of(), List.of(), 0);
}
