package dev.weir.group;

import dev.weir.group.GroupStats.Committed;
import dev.weir.group.GroupStats.Kind;
import dev.weir.group.GroupStats.One;
import dev.weir.group.classic.ClassicGroup;
import dev.weir.group.classic.ClassicState;
import dev.weir.group.consumer.ConsumerGroup;
import dev.weir.group.core.Group;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.common.TopicPartition;

/** Collects the stats of some coordinators. One scrape visits a bounded number of offsets, however many there are. */
final class GroupStatsCollector {
    private final int maxOffsets;
    private final Map<String, Map<String, Integer>> kinds = new TreeMap<>();
    private final List<One> groups = new ArrayList<>();
    private int taken;
    private int leftOut;
    private int loading;

    /** @param maxOffsets most offsets to name; the groups are taken as they come, as long as all of their offsets fit */
    GroupStatsCollector(int maxOffsets) {
        this.maxOffsets = maxOffsets;
        // What there is none of is 0, not unknown.
        ClassicState.visibleNames().forEach(state -> count(ClassicGroup.TYPE, state, 0));
        for (ConsumerGroup.State state : ConsumerGroup.State.values()) {
            count(ConsumerGroup.TYPE, state.displayName(), 0);
        }
    }

    private void count(String type, String state, int more) {
        kinds.computeIfAbsent(type, t -> new TreeMap<>()).merge(state, more, Integer::sum);
    }

    GroupStats of(Collection<PartitionCoordinator> coordinators, GroupCounters counters) {
        for (PartitionCoordinator coordinator : coordinators) {
            GroupCoordinatorCore core = coordinator.core();
            if (core != null) {
                take(core);
            }
            loading += coordinator.isLoading() ? 1 : 0;
        }
        List<Kind> all = new ArrayList<>();
        kinds.forEach((type, states) -> states.forEach((state, count) -> all.add(new Kind(type, state, count))));
        return new GroupStats(all, groups, leftOut, loading, counters.counts());
    }

    private void take(GroupCoordinatorCore core) {
        for (Group group : core.groups()) {
            count(group.type(), group.stateName(), 1);
            int offsets = core.offsets().count(group.groupId());
            if (taken + offsets > maxOffsets || groups.size() >= maxOffsets) {
                leftOut += offsets;
                continue;
            }
            taken += offsets;
            List<Committed> committed = new ArrayList<>(offsets);
            core.offsets()
                    .forEach(
                            group.groupId(),
                            (topic, partition, offset) -> committed.add(
                                    new Committed(new TopicPartition(topic, partition), offset.offset())));
            groups.add(new One(group.groupId(), group.size(), committed));
        }
    }
}
