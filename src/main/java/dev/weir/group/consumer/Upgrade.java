package dev.weir.group.consumer;

import dev.weir.group.core.GroupOutput;
import org.jspecify.annotations.Nullable;

/** What the consumer side asks when a ConsumerGroupHeartbeat comes for a group id that has no consumer group. */
interface Upgrade {

    /** Null where the id is free, or its classic group can become a consumer group; else why it cannot. */
    @Nullable
    Failure mayTakeOver(String groupId, ConsumerGroupConfig config);

    /** Turns the classic group of this id, if there is one, into a consumer group, its members included. */
    void takeOver(String groupId, long nowMs, GroupOutput out);
}
