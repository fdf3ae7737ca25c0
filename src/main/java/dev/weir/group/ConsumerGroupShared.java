package dev.weir.group;

import java.util.HashMap;
import java.util.Map;

/** What the parts of the consumer group core have in common: the groups, their settings and their soft state. */
final class ConsumerGroupShared {
    private final ConsumerGroups groups;
    private final ConsumerGroupConfig config;
    private final ConsumerGroupSteps steps;
    private final Map<String, ConsumerGroupConfig> ownConfigs = new HashMap<>();
    private final Map<String, ConsumerGroupSoftState> softStates = new HashMap<>();

    ConsumerGroupShared(ConsumerGroupConfig config, TopicView topics) {
        this.config = config;
        this.groups = new ConsumerGroups(topics);
        this.steps = new ConsumerGroupSteps(topics);
    }

    ConsumerGroups groups() {
        return groups;
    }

    ConsumerGroupSteps steps() {
        return steps;
    }

    ConsumerGroupConfig configOf(String groupId) {
        return ownConfigs.getOrDefault(groupId, config);
    }

    /** @param own all settings of the group itself, as validated; none where it has none */
    void configure(String groupId, Map<String, String> own) {
        if (own.isEmpty()) {
            ownConfigs.remove(groupId);
        } else {
            ownConfigs.put(groupId, config.forGroup(own));
        }
    }

    ConsumerGroupSoftState softStateOf(String groupId) {
        return softStates.computeIfAbsent(groupId, id -> new ConsumerGroupSoftState());
    }

    /** Applies a record; the soft state of a group goes with it. */
    void replay(GroupRecord record) {
        groups.replay(record);
        if (groups.get(record.groupId()) == null) {
            softStates.remove(record.groupId());
        }
    }
}
