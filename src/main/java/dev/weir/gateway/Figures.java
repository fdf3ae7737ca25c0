package dev.weir.gateway;

import dev.weir.group.GroupFigures;
import dev.weir.partition.client.ShardFigures;
import dev.weir.partition.logdirs.LogDirsClient.Directory;
import java.util.List;

/**
 * All that the parts of a broker say of themselves at one moment.
 *
 * @param silent parts that have not answered this time, and stand here with what they said last
 */
record Figures(List<ShardFigures> shards, List<GroupFigures> groups, List<Directory> directories, int silent) {
    static final Figures NONE = new Figures(List.of(), List.of(), List.of(), 0);
}
