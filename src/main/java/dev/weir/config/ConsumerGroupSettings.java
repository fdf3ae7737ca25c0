package dev.weir.config;

import static org.apache.kafka.common.config.ConfigDef.Importance.MEDIUM;
import static org.apache.kafka.common.config.ConfigDef.Type.INT;
import static org.apache.kafka.common.config.ConfigDef.Type.LIST;
import static org.apache.kafka.common.config.ConfigDef.Type.STRING;

import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * Groups whose partitions the broker assigns (KIP-848).
 *
 * @param protocols {@code group.coordinator.rebalance.protocols}
 * @param sessionTimeoutMs {@code group.consumer.session.timeout.ms}
 * @param minSessionTimeoutMs {@code group.consumer.min.session.timeout.ms}
 * @param maxSessionTimeoutMs {@code group.consumer.max.session.timeout.ms}
 * @param heartbeatIntervalMs {@code group.consumer.heartbeat.interval.ms}
 * @param minHeartbeatIntervalMs {@code group.consumer.min.heartbeat.interval.ms}
 * @param maxHeartbeatIntervalMs {@code group.consumer.max.heartbeat.interval.ms}
 * @param maxSize {@code group.consumer.max.size}
 * @param assignors {@code group.consumer.assignors}
 * @param migrationPolicy {@code group.consumer.migration.policy}: in the case that was given
 * @param assignmentIntervalMs {@code group.consumer.assignment.interval.ms}; altered live
 * @param minAssignmentIntervalMs {@code group.consumer.min.assignment.interval.ms}
 * @param maxAssignmentIntervalMs {@code group.consumer.max.assignment.interval.ms}
 * @param regexRefreshMs {@code group.consumer.regex.refresh.interval.ms}
 */
public record ConsumerGroupSettings(
        List<String> protocols,
        int sessionTimeoutMs,
        int minSessionTimeoutMs,
        int maxSessionTimeoutMs,
        int heartbeatIntervalMs,
        int minHeartbeatIntervalMs,
        int maxHeartbeatIntervalMs,
        int maxSize,
        List<String> assignors,
        String migrationPolicy,
        int assignmentIntervalMs,
        int minAssignmentIntervalMs,
        int maxAssignmentIntervalMs,
        int regexRefreshMs) {
    private static final Set<String> MIGRATION_POLICIES = Set.of("bidirectional", "disabled", "downgrade", "upgrade");

    static void declare(Declarations to) {
        to.area("Consumer groups")
                .fixed(
                        "group.coordinator.rebalance.protocols",
                        LIST,
                        List.of("classic", "consumer"),
                        Bounds.nonEmptyListOf("classic", "consumer"),
                        MEDIUM,
                        "The group protocols that are served; without `consumer` a group can only be a classic one.")
                .fixed(
                        "group.consumer.session.timeout.ms",
                        INT,
                        45_000,
                        Bounds.atLeast(1),
                        MEDIUM,
                        "A member that is silent for this long leaves its group, in milliseconds. A group may"
                                + " have its own value.")
                .fixed(
                        "group.consumer.min.session.timeout.ms",
                        INT,
                        45_000,
                        Bounds.atLeast(1),
                        MEDIUM,
                        "The least session timeout of a group, in milliseconds.")
                .fixed(
                        "group.consumer.max.session.timeout.ms",
                        INT,
                        60_000,
                        Bounds.atLeast(1),
                        MEDIUM,
                        "The greatest session timeout of a group, in milliseconds.")
                .fixed(
                        "group.consumer.heartbeat.interval.ms",
                        INT,
                        5_000,
                        Bounds.atLeast(1),
                        MEDIUM,
                        "How often members are told to send heartbeats, in milliseconds. A group may have its own"
                                + " value.")
                .fixed(
                        "group.consumer.min.heartbeat.interval.ms",
                        INT,
                        5_000,
                        Bounds.atLeast(1),
                        MEDIUM,
                        "The least heartbeat interval of a group, in milliseconds.")
                .fixed(
                        "group.consumer.max.heartbeat.interval.ms",
                        INT,
                        15_000,
                        Bounds.atLeast(1),
                        MEDIUM,
                        "The greatest heartbeat interval of a group, in milliseconds.")
                .fixed(
                        "group.consumer.max.size",
                        INT,
                        Integer.MAX_VALUE,
                        Bounds.atLeast(1),
                        MEDIUM,
                        "The most members of a group.")
                .fixed(
                        "group.consumer.assignors",
                        LIST,
                        List.of("uniform", "range"),
                        Bounds.nonEmptyListOf("uniform", "range"),
                        MEDIUM,
                        "The assignors that members may name; the first is used where they name none.")
                .fixed(
                        "group.consumer.migration.policy",
                        STRING,
                        "bidirectional",
                        Bounds.that(
                                "one of bidirectional, disabled, downgrade, upgrade, in any case",
                                value -> MIGRATION_POLICIES.contains(((String) value).toLowerCase(Locale.ROOT))),
                        MEDIUM,
                        "Whether a group changes its protocol while it has members: `upgrade` from classic to"
                                + " consumer, `downgrade` back, `bidirectional` both, `disabled` neither.")
                .live(
                        "group.consumer.assignment.interval.ms",
                        INT,
                        100,
                        Bounds.atLeast(0),
                        MEDIUM,
                        "The least time between two assignments of one group, in milliseconds, so that members who"
                                + " arrive together share one; Kafka waits 1000. A group may have its own value.")
                .fixed(
                        "group.consumer.min.assignment.interval.ms",
                        INT,
                        0,
                        Bounds.atLeast(0),
                        MEDIUM,
                        "The least assignment interval of a group, in milliseconds.")
                .fixed(
                        "group.consumer.max.assignment.interval.ms",
                        INT,
                        15_000,
                        Bounds.atLeast(0),
                        MEDIUM,
                        "The greatest assignment interval of a group, in milliseconds.")
                .fixed(
                        "group.consumer.regex.refresh.interval.ms",
                        INT,
                        600_000,
                        Bounds.atLeast(10_000),
                        MEDIUM,
                        "How often regular-expression subscriptions are evaluated again, in milliseconds.");
    }

    static ConsumerGroupSettings of(Values values) {
        return new ConsumerGroupSettings(
                values.list("group.coordinator.rebalance.protocols"),
                values.number("group.consumer.session.timeout.ms"),
                values.number("group.consumer.min.session.timeout.ms"),
                values.number("group.consumer.max.session.timeout.ms"),
                values.number("group.consumer.heartbeat.interval.ms"),
                values.number("group.consumer.min.heartbeat.interval.ms"),
                values.number("group.consumer.max.heartbeat.interval.ms"),
                values.number("group.consumer.max.size"),
                values.list("group.consumer.assignors"),
                values.text("group.consumer.migration.policy"),
                values.number("group.consumer.assignment.interval.ms"),
                values.number("group.consumer.min.assignment.interval.ms"),
                values.number("group.consumer.max.assignment.interval.ms"),
                values.number("group.consumer.regex.refresh.interval.ms"));
    }
}
