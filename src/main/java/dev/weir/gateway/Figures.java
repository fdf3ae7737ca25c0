package dev.weir.gateway;

import dev.weir.group.GroupFigures;
import dev.weir.partition.LogDirsClient.Directory;
import dev.weir.partition.ShardFigures;
import java.util.List;

/** All that the parts of a broker say of themselves at one moment; empty lists from those that do not answer. */
record Figures(List<ShardFigures> shards, List<GroupFigures> groups, List<Directory> directories) {
    static final Figures NONE = new Figures(List.of(), List.of(), List.of());
}
