package dev.weir.group;

import java.util.Collection;
import org.jspecify.annotations.Nullable;

/** What the consumer side asks when the last members that speak the consumer protocol go. */
interface ConsumerGroupReturn {

    /** Whether the group becomes a classic one when these members go. */
    boolean mayReturn(ConsumerGroup group, Collection<ConsumerGroupMember> leaving, ConsumerGroupConfig config);

    /**
     * Turns the group, without the leaving members, into a classic group.
     *
     * @param joined a classic member that has just taken the place of the last consumer member; null where none has
     * @param rebalance whether the members have to rejoin
     */
    void giveBack(
            ConsumerGroup group,
            Collection<ConsumerGroupMember> leaving,
            @Nullable ConsumerGroupMember joined,
            boolean rebalance,
            long nowMs,
            GroupOutput out);
}
