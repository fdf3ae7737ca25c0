package dev.weir.group.consumer;

import dev.weir.config.GroupConfig;
import dev.weir.group.GroupCoordinatorCore;
import dev.weir.group.core.Group;
import dev.weir.group.core.GroupCall;
import dev.weir.group.core.GroupEffect.TimerKey;
import dev.weir.group.core.GroupOutput;
import dev.weir.group.record.GroupRecord;
import java.util.Collection;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The consumer groups (KIP-848) of one coordinator, as {@link GroupCoordinatorCore} sees them. Timer kinds of consumer groups
 * begin with {@code consumer-}.
 */
public interface ConsumerGroupPort {
    /** Null where there is no consumer group of this id. */
    @Nullable
    Group find(String groupId);

    Collection<? extends Group> groups();

    /**
     * A ConsumerGroupHeartbeat or ConsumerGroupDescribe, or a JoinGroup, SyncGroup, Heartbeat or LeaveGroup to a consumer group
     * that has members.
     */
    void handle(GroupCall call, long nowMs, GroupOutput out);

    void onTimer(TimerKey key, long nowMs, GroupOutput out);

    /** Called for every consumer group record, at load and live through {@link GroupOutput#write}. */
    void replay(GroupRecord record);

    /** The log is read to its end: sessions start again. */
    void onLoaded(long nowMs, GroupOutput out);

    /**
     * Topics were created, deleted, grew, or moved between racks.
     *
     * @param names of these topics
     */
    void onTopicsChanged(Set<String> names);

    /**
     * Settings, which hold from the next heartbeat on.
     *
     * @param broker the broker's
     * @param own what each group obeys that has settings of its own
     */
    void onConfig(ConsumerGroupRules broker, Map<String, GroupConfig> own);

    /** The partition goes elsewhere: everything that waits is answered with NOT_COORDINATOR. */
    void onUnloaded(GroupOutput out);
}
