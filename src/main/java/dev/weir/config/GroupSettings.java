package dev.weir.config;

import static org.apache.kafka.common.config.ConfigDef.Importance.MEDIUM;
import static org.apache.kafka.common.config.ConfigDef.Type.INT;

import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.common.config.ConfigDef.ConfigKey;
import org.jspecify.annotations.Nullable;

/** The settings of groups: their names, their check, and the {@link GroupConfig} that they come to over the broker's. */
public final class GroupSettings {
    private static final String SESSION_TIMEOUT = "consumer.session.timeout.ms";
    private static final String HEARTBEAT_INTERVAL = "consumer.heartbeat.interval.ms";
    private static final String ASSIGNMENT_INTERVAL = "consumer.assignment.interval.ms";
    private static final Map<String, ResourceSetting> BY_NAME = byName();

    private GroupSettings() {}

    private static Map<String, ResourceSetting> byName() {
        Map<String, ResourceSetting> all = new LinkedHashMap<>();
        for (String name : new String[] {SESSION_TIMEOUT, HEARTBEAT_INTERVAL, ASSIGNMENT_INTERVAL}) {
            ConfigKey broker = BrokerSettings.ALL.key("group." + name);
            int least = name.equals(ASSIGNMENT_INTERVAL) ? 0 : 1;
            all.put(
                    name,
                    ResourceSetting.of(name, INT, broker.defaultValue, Bounds.atLeast(least), doc(name))
                            .from(broker.name, MEDIUM));
        }
        return all;
    }

    private static String doc(String name) {
        return switch (name) {
            case SESSION_TIMEOUT -> "A member of this group that is silent for this long leaves it, in milliseconds.";
            case HEARTBEAT_INTERVAL -> "How often members of this group are told to send heartbeats, in milliseconds.";
            default -> "The least time between two assignments of this group, in milliseconds.";
        };
    }

    /** Every group setting's name. */
    public static Set<String> names() {
        return Collections.unmodifiableSet(BY_NAME.keySet());
    }

    static List<ResourceSetting> all() {
        return List.copyOf(BY_NAME.values());
    }

    /** All settings in the order of their names. */
    static List<ResourceSetting> sorted() {
        return BY_NAME.values().stream()
                .sorted(Comparator.comparing(setting -> setting.key().name))
                .toList();
    }

    static @Nullable ResourceSetting find(String name) {
        return BY_NAME.get(name);
    }

    /**
     * What one group obeys. A value outside the broker's bounds, which may have changed since it was set, is moved to the
     * nearest bound.
     *
     * @param broker the broker's settings, altered ones included
     * @param group the group's own values as text by name
     */
    public static GroupConfig toGroupConfig(BrokerConfig broker, Map<String, String> group) {
        ConsumerGroupSettings bounds = broker.consumerGroups();
        return new GroupConfig(
                clamp(
                        value(SESSION_TIMEOUT, broker, group),
                        bounds.minSessionTimeoutMs(),
                        bounds.maxSessionTimeoutMs()),
                clamp(
                        value(HEARTBEAT_INTERVAL, broker, group),
                        bounds.minHeartbeatIntervalMs(),
                        bounds.maxHeartbeatIntervalMs()),
                clamp(
                        value(ASSIGNMENT_INTERVAL, broker, group),
                        bounds.minAssignmentIntervalMs(),
                        bounds.maxAssignmentIntervalMs()));
    }

    /**
     * Checks a group's own settings as a whole.
     *
     * @return what is wrong, in one line; empty if nothing is. The wire error for it is INVALID_CONFIG.
     */
    public static Optional<String> problem(BrokerConfig broker, Map<String, String> group) {
        for (Map.Entry<String, String> entry : group.entrySet()) {
            ResourceSetting setting = BY_NAME.get(entry.getKey());
            if (setting == null) {
                return Optional.of("Unknown group config name: " + entry.getKey());
            }
            Optional<String> problem = Parsing.problem(setting.key(), entry.getValue());
            if (problem.isPresent()) {
                return problem;
            }
        }
        ConsumerGroupSettings bounds = broker.consumerGroups();
        int session = value(SESSION_TIMEOUT, broker, group);
        int heartbeat = value(HEARTBEAT_INTERVAL, broker, group);
        Optional<String> problem =
                outside(SESSION_TIMEOUT, session, bounds.minSessionTimeoutMs(), bounds.maxSessionTimeoutMs());
        if (problem.isEmpty()) {
            problem = outside(
                    HEARTBEAT_INTERVAL, heartbeat, bounds.minHeartbeatIntervalMs(), bounds.maxHeartbeatIntervalMs());
        }
        if (problem.isEmpty()) {
            problem = outside(
                    ASSIGNMENT_INTERVAL,
                    value(ASSIGNMENT_INTERVAL, broker, group),
                    bounds.minAssignmentIntervalMs(),
                    bounds.maxAssignmentIntervalMs());
        }
        if (problem.isEmpty() && heartbeat >= session) {
            problem = Optional.of(HEARTBEAT_INTERVAL + "=" + heartbeat + " is not valid: it must be less than "
                    + SESSION_TIMEOUT + "=" + session);
        }
        return problem;
    }

    private static Optional<String> outside(String name, int value, int min, int max) {
        return value >= min && value <= max
                ? Optional.empty()
                : Optional.of(name + "=" + value + " is not valid: this broker allows from " + min + " to " + max);
    }

    private static int value(String name, BrokerConfig broker, Map<String, String> group) {
        ResourceSetting setting = BY_NAME.get(name);
        if (setting == null) {
            throw new IllegalArgumentException("no group setting is named " + name);
        }
        return ((Number) setting.effective(broker, group.get(name))).intValue();
    }

    private static int clamp(int value, int min, int max) {
        return Math.max(min, Math.min(max, value));
    }
}
