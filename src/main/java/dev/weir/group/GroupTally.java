package dev.weir.group;

import dev.weir.group.core.GroupOutcome;

/** What the groups of one coordinator verticle have done since it started. Plain counters of its thread. */
final class GroupTally {
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

    GroupFigures.Counts counts() {
        return new GroupFigures.Counts(commits, classicRebalances, consumerRebalances, unreadableRecords);
    }
}
