package dev.weir.config;

import static org.apache.kafka.common.config.ConfigDef.Importance.HIGH;
import static org.apache.kafka.common.config.ConfigDef.Type.LONG;

/**
 * When a follower counts as in sync.
 *
 * @param lagMs {@code replica.lag.time.max.ms}
 */
public record InSyncSettings(long lagMs) {
    private static final String LAG = "replica.lag.time.max.ms";

    static void declare(Declarations to) {
        to.area("Replicas in sync")
                .fixed(
                        LAG,
                        LONG,
                        30_000L,
                        Bounds.atLeast(1),
                        HIGH,
                        "How long a follower may be behind the end of its leader's log, in milliseconds, before the leader takes"
                                + " it out of the replicas in sync.");
    }

    static InSyncSettings of(Values values) {
        return new InSyncSettings(values.longNumber(LAG));
    }
}
