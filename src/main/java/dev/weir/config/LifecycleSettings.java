package dev.weir.config;

import static org.apache.kafka.common.config.ConfigDef.Importance.MEDIUM;
import static org.apache.kafka.common.config.ConfigDef.Type.INT;

import java.util.Optional;

/**
 * How a broker shows the controller that it lives (KIP-631). Times in milliseconds.
 *
 * @param heartbeatMs {@code broker.heartbeat.interval.ms}
 * @param sessionMs {@code broker.session.timeout.ms}
 * @param registrationMs {@code initial.broker.registration.timeout.ms}
 */
public record LifecycleSettings(int heartbeatMs, int sessionMs, int registrationMs) {
    private static final String HEARTBEAT = "broker.heartbeat.interval.ms";
    private static final String SESSION = "broker.session.timeout.ms";

    static void declare(Declarations to) {
        to.area("Brokers of a cluster")
                .fixed(
                        HEARTBEAT,
                        INT,
                        2_000,
                        Bounds.atLeast(1),
                        MEDIUM,
                        "How often a broker among several shows the controller that it lives, in milliseconds.")
                .fixed(
                        SESSION,
                        INT,
                        9_000,
                        Bounds.atLeast(1),
                        MEDIUM,
                        "How long the controller hears nothing from a broker before others lead what it led, in milliseconds."
                                + " A broker whose process has ended is noticed sooner.")
                .fixed(
                        "initial.broker.registration.timeout.ms",
                        INT,
                        60_000,
                        Bounds.atLeast(1),
                        MEDIUM,
                        "How long a broker that starts waits for another one with its `node.id` to be gone, in milliseconds.");
    }

    static LifecycleSettings of(Values values) {
        return new LifecycleSettings(
                values.number(HEARTBEAT),
                values.number(SESSION),
                values.number("initial.broker.registration.timeout.ms"));
    }

    /** Why these times do not go together; empty if they do. */
    Optional<String> problem() {
        return heartbeatMs < sessionMs
                ? Optional.empty()
                : Optional.of(HEARTBEAT + "=" + heartbeatMs + " must be less than " + SESSION + "=" + sessionMs
                        + ", or a broker is taken for dead between two heartbeats");
    }
}
