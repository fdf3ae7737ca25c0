package dev.weir.config;

import static org.apache.kafka.common.config.ConfigDef.Importance.HIGH;
import static org.apache.kafka.common.config.ConfigDef.Importance.MEDIUM;
import static org.apache.kafka.common.config.ConfigDef.Type.BOOLEAN;
import static org.apache.kafka.common.config.ConfigDef.Type.LONG;

/**
 * What the active controller does from time to time for the leaders of partitions.
 *
 * @param rebalance {@code auto.leader.rebalance.enable}
 * @param imbalanceCheckSeconds {@code leader.imbalance.check.interval.seconds}
 * @param uncleanElectionMs {@code unclean.leader.election.interval.ms}
 */
public record LeaderSettings(boolean rebalance, long imbalanceCheckSeconds, long uncleanElectionMs) {
    static void declare(Declarations to) {
        to.area("Leaders")
                .fixed(
                        "auto.leader.rebalance.enable",
                        BOOLEAN,
                        true,
                        null,
                        HIGH,
                        "Whether the first replica of a partition leads again, some time after it is back in sync. If not,"
                                + " `kafka-leader-election` lets it.")
                .fixed(
                        "leader.imbalance.check.interval.seconds",
                        LONG,
                        300L,
                        Bounds.atLeast(1),
                        HIGH,
                        "Time between two looks for partitions that are not led by their first replica, in seconds.")
                .fixed(
                        "unclean.leader.election.interval.ms",
                        LONG,
                        300_000L,
                        Bounds.atLeast(1),
                        MEDIUM,
                        "Time between two looks for partitions that nobody leads, though somebody could, in milliseconds:"
                                + " `unclean.leader.election.enable` may have been set since nobody does.");
    }

    static LeaderSettings of(Values values) {
        return new LeaderSettings(
                values.flag("auto.leader.rebalance.enable"),
                values.longNumber("leader.imbalance.check.interval.seconds"),
                values.longNumber("unclean.leader.election.interval.ms"));
    }
}
