package dev.weir.config;

import static org.apache.kafka.common.config.ConfigDef.Importance.MEDIUM;
import static org.apache.kafka.common.config.ConfigDef.Type.INT;

/**
 * Groups whose members assign partitions themselves.
 *
 * @param minSessionTimeoutMs {@code group.min.session.timeout.ms}
 * @param maxSessionTimeoutMs {@code group.max.session.timeout.ms}
 * @param initialRebalanceDelayMs {@code group.initial.rebalance.delay.ms}
 * @param maxSize {@code group.max.size}
 */
public record ClassicGroupSettings(
        int minSessionTimeoutMs, int maxSessionTimeoutMs, int initialRebalanceDelayMs, int maxSize) {
    static void declare(Declarations to) {
        to.area("Classic groups")
                .fixed(
                        "group.min.session.timeout.ms",
                        INT,
                        6_000,
                        Bounds.atLeast(0),
                        MEDIUM,
                        "The shortest session timeout that a member may ask for, in milliseconds.")
                .fixed(
                        "group.max.session.timeout.ms",
                        INT,
                        1_800_000,
                        Bounds.atLeast(0),
                        MEDIUM,
                        "The longest session timeout that a member may ask for, in milliseconds.")
                .fixed(
                        "group.initial.rebalance.delay.ms",
                        INT,
                        3_000,
                        Bounds.atLeast(0),
                        MEDIUM,
                        "How long an empty group waits for more members before its first rebalance, in"
                                + " milliseconds.")
                .fixed(
                        "group.max.size",
                        INT,
                        Integer.MAX_VALUE,
                        Bounds.atLeast(1),
                        MEDIUM,
                        "The most members of a group.");
    }

    static ClassicGroupSettings of(Values values) {
        return new ClassicGroupSettings(
                values.number("group.min.session.timeout.ms"),
                values.number("group.max.session.timeout.ms"),
                values.number("group.initial.rebalance.delay.ms"),
                values.number("group.max.size"));
    }
}
