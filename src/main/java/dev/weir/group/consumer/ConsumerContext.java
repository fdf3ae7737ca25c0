package dev.weir.group.consumer;

import dev.weir.config.GroupConfig;
import dev.weir.group.core.TopicView;
import dev.weir.group.record.GroupRecord;
import java.util.HashMap;
import java.util.Map;

/** What the parts of the consumer group core have in common: the groups, their settings and their soft state. */
final class ConsumerContext {
    private final ConsumerGroups groups;
    private final MemberSteps steps;
    private final Map<String, ConsumerGroupRules> ownConfigs = new HashMap<>();
    private ConsumerGroupRules config;
    private final Map<String, SoftState> softStates = new HashMap<>();

    ConsumerContext(ConsumerGroupRules config, TopicView topics) {
        this.config = config;
        this.groups = new ConsumerGroups(topics);
        this.steps = new MemberSteps(topics);
    }

    ConsumerGroups groups() {
        return groups;
    }

    MemberSteps steps() {
        return steps;
    }

    ConsumerGroupRules configOf(String groupId) {
        return ownConfigs.getOrDefault(groupId, config);
    }

    /** @param own what each group obeys that has settings of its own */
    void configure(ConsumerGroupRules broker, Map<String, GroupConfig> own) {
        config = broker;
        ownConfigs.clear();
        own.forEach((groupId, group) -> ownConfigs.put(groupId, broker.forGroup(group)));
    }

    SoftState softStateOf(String groupId) {
        return softStates.computeIfAbsent(groupId, id -> new SoftState());
    }

    /** Applies a record; the soft state of a group goes with it. */
    void replay(GroupRecord record) {
        groups.replay(record);
        if (groups.get(record.groupId()) == null) {
            softStates.remove(record.groupId());
        }
    }
}
