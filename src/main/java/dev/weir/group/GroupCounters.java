package dev.weir.group;

import dev.weir.group.core.GroupOutcome;

/** Counters of the groups of one coordinator verticle since it started; plain fields of its thread. */
final class GroupCounters {
    private long commits;
    private long classicRebalances;
    private long consumerRebalances;
    private long unreadableRecords;

    void add(GroupOutcome.Work work) {
        commits += work.commits();
        classicRebalances += work.classicRebalances();
        consumerRebalances += work.consumerRebalances();
    }

    /** A load has passed over a record. */
    void unreadable() {
        unreadableRecords++;
    }

    GroupStats.Counts counts() {
        return new GroupStats.Counts(commits, classicRebalances, consumerRebalances, unreadableRecords);
    }
}
