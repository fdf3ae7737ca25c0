package dev.weir.group;

import dev.weir.config.GroupConfig;
import dev.weir.group.consumer.ConsumerGroupPort;
import dev.weir.group.consumer.ConsumerGroupRules;
import dev.weir.group.core.Group;
import dev.weir.group.core.GroupCall;
import dev.weir.group.core.GroupEffect.TimerKey;
import dev.weir.group.core.GroupOutput;
import dev.weir.group.record.GroupRecord;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A coordinator to which nobody comes with the consumer group protocol. */
final class NoConsumerGroups implements ConsumerGroupPort {
    @Override
    public @Nullable Group find(String groupId) {
        return null;
    }

    @Override
    public Collection<? extends Group> groups() {
        return List.of();
    }

    @Override
    public void handle(GroupCall call, long nowMs, GroupOutput out) {
        throw new AssertionError("no consumer group, yet asked for " + call);
    }

    @Override
    public void onTimer(TimerKey key, long nowMs, GroupOutput out) {
        throw new AssertionError("no consumer group, yet a timer " + key);
    }

    @Override
    public void replay(GroupRecord record) {
        throw new IllegalStateException("no consumer groups, yet " + record);
    }

    @Override
    public void onLoaded(long nowMs, GroupOutput out) {}

    @Override
    public void onTopicsChanged(Set<String> names) {}

    @Override
    public void onConfig(ConsumerGroupRules broker, Map<String, GroupConfig> own) {}

    @Override
    public void onUnloaded(GroupOutput out) {}
}
