package dev.weir.group.consumer;

import dev.weir.group.core.GroupOutput;
import org.jspecify.annotations.Nullable;

/** The upgrade of a classic group (KIP-848), when a ConsumerGroupHeartbeat comes for an id that has no consumer group. */
interface Upgrade {

    /** Null if the id is free, or its classic group can become a consumer group; else why it cannot. */
    @Nullable
    Failure mayUpgrade(String groupId, ConsumerGroupRules config);

    /** Turns the classic group of this id, if there is one, into a consumer group, its members included. */
    void upgrade(String groupId, long nowMs, GroupOutput out);
}
