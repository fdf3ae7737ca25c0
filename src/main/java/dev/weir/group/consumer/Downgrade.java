package dev.weir.group.consumer;

import dev.weir.group.core.GroupOutput;
import java.util.Collection;

/** The downgrade of a consumer group (KIP-848), when the last members that speak the consumer protocol go. */
interface Downgrade {

    /** Whether the group becomes a classic one when these members go, none of them if it has just happened. */
    boolean mayDowngrade(ConsumerGroup group, Collection<Member> leaving, ConsumerGroupRules config);

    /**
     * Turns the group, without the leaving members, into a classic group.
     *
     * @param rebalance whether the members have to rejoin
     */
    void downgrade(ConsumerGroup group, Collection<Member> leaving, boolean rebalance, long nowMs, GroupOutput out);
}
