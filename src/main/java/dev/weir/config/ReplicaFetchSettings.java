package dev.weir.config;

import static org.apache.kafka.common.config.ConfigDef.Importance.HIGH;
import static org.apache.kafka.common.config.ConfigDef.Importance.MEDIUM;
import static org.apache.kafka.common.config.ConfigDef.Type.INT;

import java.util.Optional;

/**
 * How this broker copies the partitions that others lead. Sizes in bytes, times in milliseconds.
 *
 * @param maxBytes {@code replica.fetch.max.bytes}
 * @param responseMaxBytes {@code replica.fetch.response.max.bytes}
 * @param minBytes {@code replica.fetch.min.bytes}
 * @param waitMaxMs {@code replica.fetch.wait.max.ms}
 * @param backoffMs {@code replica.fetch.backoff.ms}
 * @param socketTimeoutMs {@code replica.socket.timeout.ms}
 */
public record ReplicaFetchSettings(
        int maxBytes, int responseMaxBytes, int minBytes, int waitMaxMs, int backoffMs, int socketTimeoutMs) {
    private static final String MAX_BYTES = "replica.fetch.max.bytes";
    private static final String RESPONSE_MAX_BYTES = "replica.fetch.response.max.bytes";
    private static final String MIN_BYTES = "replica.fetch.min.bytes";
    private static final String WAIT_MAX_MS = "replica.fetch.wait.max.ms";
    private static final String BACKOFF_MS = "replica.fetch.backoff.ms";
    private static final String SOCKET_TIMEOUT_MS = "replica.socket.timeout.ms";

    static void declare(Declarations to) {
        to.area("Fetching by replicas")
                .fixed(
                        MAX_BYTES,
                        INT,
                        1024 * 1024,
                        Bounds.atLeast(0),
                        MEDIUM,
                        "The most bytes of one partition in the answer to a replica's fetch. A first batch that is larger is still"
                                + " sent.")
                .fixed(
                        RESPONSE_MAX_BYTES,
                        INT,
                        10 * 1024 * 1024,
                        Bounds.atLeast(0),
                        MEDIUM,
                        "The most bytes of all partitions in the answer to a replica's fetch, which are in memory off the heap until"
                                + " they are written. Each of the `num.io.threads` shards has one fetch under way from each leader.")
                .fixed(
                        MIN_BYTES,
                        INT,
                        1,
                        Bounds.atLeast(0),
                        HIGH,
                        "How many bytes a leader waits for before it answers a replica's fetch.")
                .fixed(
                        WAIT_MAX_MS,
                        INT,
                        500,
                        Bounds.atLeast(0),
                        HIGH,
                        "How long a leader waits for news before it answers a replica's fetch, in milliseconds.")
                .fixed(
                        BACKOFF_MS,
                        INT,
                        1_000,
                        Bounds.atLeast(0),
                        MEDIUM,
                        "The longest pause before a replica fetches again after an error, in milliseconds. The first pause is a"
                                + " twentieth of it, and each that follows is twice as long.")
                .fixed(
                        SOCKET_TIMEOUT_MS,
                        INT,
                        30_000,
                        Bounds.atLeast(1),
                        HIGH,
                        "How long a replica waits for the answer to a fetch before it connects again, in milliseconds. At least"
                                + " `replica.fetch.wait.max.ms`.");
    }

    static ReplicaFetchSettings of(Values values) {
        return new ReplicaFetchSettings(
                values.number(MAX_BYTES),
                values.number(RESPONSE_MAX_BYTES),
                values.number(MIN_BYTES),
                values.number(WAIT_MAX_MS),
                values.number(BACKOFF_MS),
                values.number(SOCKET_TIMEOUT_MS));
    }

    /** Why these times do not go together; empty if they do. */
    Optional<String> problem() {
        return waitMaxMs <= socketTimeoutMs
                ? Optional.empty()
                : Optional.of(WAIT_MAX_MS + "=" + waitMaxMs + " must be at most " + SOCKET_TIMEOUT_MS + "="
                        + socketTimeoutMs + ", or fetches that wait for news are given up");
    }
}
