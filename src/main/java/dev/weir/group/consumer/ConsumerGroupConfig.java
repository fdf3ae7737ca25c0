package dev.weir.group.consumer;

import dev.weir.config.GroupConfig;
import dev.weir.group.assignor.Assignor;
import dev.weir.group.assignor.RangeAssignor;
import dev.weir.group.assignor.UniformAssignor;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The broker's settings for consumer groups; times in milliseconds. {@link #forGroup} lays a group's own settings over them.
 *
 * @param sessionTimeoutMs {@code group.consumer.session.timeout.ms}: a member is removed when it is silent for so long
 * @param heartbeatIntervalMs {@code group.consumer.heartbeat.interval.ms}: how often a settled member is told to call
 * @param rebalanceHeartbeatIntervalMs how often it is told to call while the group is changing, if that is less. Members learn
 *     of changes only by calling, so this bounds the time of a rebalance; it costs calls only while there is one.
 * @param maxSize {@code group.consumer.max.size}: members of one group
 * @param assignors {@code group.consumer.assignors}, the default first; not empty
 * @param migration {@code group.consumer.migration.policy}
 * @param assignmentIntervalMs {@code group.consumer.assignment.interval.ms}: at least so long between two runs of the
 *     assignor for one group, so that members who arrive together share a run
 * @param regexRefreshIntervalMs {@code group.consumer.regex.refresh.interval.ms}: expressions are resolved anew after this
 *     time even if no topic came or went, since permissions may have changed
 */
public record ConsumerGroupConfig(
        int sessionTimeoutMs,
        int heartbeatIntervalMs,
        int rebalanceHeartbeatIntervalMs,
        int maxSize,
        List<Assignor> assignors,
        Migration migration,
        int assignmentIntervalMs,
        int regexRefreshIntervalMs) {
    /** Kafka's defaults, but for the assignment interval: a tenth, which batches as well because answers come faster. */
    public static final ConsumerGroupConfig DEFAULT = new ConsumerGroupConfig(
            45_000,
            5_000,
            200,
            Integer.MAX_VALUE,
            List.of(new UniformAssignor(), new RangeAssignor()),
            Migration.BIDIRECTIONAL,
            100,
            600_000);

    Assignor defaultAssignor() {
        return assignors.get(0);
    }

    /** The assignor of this name, or null where the broker offers none such. */
    @Nullable
    Assignor assignor(String name) {
        return assignors.stream()
                .filter(assignor -> assignor.name().equals(name))
                .findFirst()
                .orElse(null);
    }

    /** @param own what the group obeys, its own settings over the broker's */
    ConsumerGroupConfig forGroup(GroupConfig own) {
        return new ConsumerGroupConfig(
                own.consumerSessionTimeoutMs(),
                own.consumerHeartbeatIntervalMs(),
                rebalanceHeartbeatIntervalMs,
                maxSize,
                assignors,
                migration,
                own.consumerAssignmentIntervalMs(),
                regexRefreshIntervalMs);
    }

    /** {@code group.consumer.migration.policy}: whether groups change between the protocols while they have members. */
    public enum Migration {
        DISABLED(false, false),
        /** Classic groups become consumer groups. */
        UPGRADE(true, false),
        /** Consumer groups become classic groups. */
        DOWNGRADE(false, true),
        BIDIRECTIONAL(true, true);

        private final boolean upgrades;
        private final boolean downgrades;

        Migration(boolean upgrades, boolean downgrades) {
            this.upgrades = upgrades;
            this.downgrades = downgrades;
        }

        boolean upgrades() {
            return upgrades;
        }

        boolean downgrades() {
            return downgrades;
        }
    }
}
