package dev.weir.group.consumer;

import dev.weir.config.BrokerConfig;
import dev.weir.config.GroupConfig;
import dev.weir.group.assignor.Assignor;
import dev.weir.group.assignor.RangeAssignor;
import dev.weir.group.assignor.UniformAssignor;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The rules of consumer groups, as the core obeys them; times in milliseconds. Immutable. {@link #forGroup} lays a group's own settings over them.
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
public record ConsumerGroupRules(
        int sessionTimeoutMs,
        int heartbeatIntervalMs,
        int rebalanceHeartbeatIntervalMs,
        int maxSize,
        List<Assignor> assignors,
        Migration migration,
        int assignmentIntervalMs,
        int regexRefreshIntervalMs) {
    private static final int REBALANCE_HEARTBEAT_INTERVAL_MS = 200;
    private static final List<Assignor> ASSIGNORS = List.of(new UniformAssignor(), new RangeAssignor());

    /** The rules that a broker's settings come to, altered ones included. */
    public static ConsumerGroupRules of(BrokerConfig config) {
        var settings = config.consumerGroups();
        return new ConsumerGroupRules(
                settings.sessionTimeoutMs(),
                settings.heartbeatIntervalMs(),
                Math.min(settings.heartbeatIntervalMs(), REBALANCE_HEARTBEAT_INTERVAL_MS),
                settings.maxSize(),
                settings.assignors().stream().map(ConsumerGroupRules::served).toList(),
                Migration.valueOf(settings.migrationPolicy().toUpperCase(Locale.ROOT)),
                settings.assignmentIntervalMs(),
                settings.regexRefreshMs());
    }

    private static Assignor served(String name) {
        return ASSIGNORS.stream()
                .filter(a -> a.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no assignor is called " + name));
    }

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
    ConsumerGroupRules forGroup(GroupConfig own) {
        return new ConsumerGroupRules(
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
