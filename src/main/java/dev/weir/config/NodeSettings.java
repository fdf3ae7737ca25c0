package dev.weir.config;

import static org.apache.kafka.common.config.ConfigDef.Importance.HIGH;
import static org.apache.kafka.common.config.ConfigDef.Importance.MEDIUM;
import static org.apache.kafka.common.config.ConfigDef.Type.INT;
import static org.apache.kafka.common.config.ConfigDef.Type.STRING;

import org.jspecify.annotations.Nullable;

/**
 * Who this broker is.
 *
 * @param nodeId {@code node.id}, at least 0, unique in the cluster
 * @param clusterId {@code cluster.id}; null takes what the data directory says, or a new one
 * @param rack {@code broker.rack}; null if there is none
 */
public record NodeSettings(
        int nodeId, @Nullable String clusterId, @Nullable String rack) {
    private static final int CLUSTER_ID_LENGTH = 22;

    static void declare(Declarations to) {
        to.area("Node")
                .fixed(
                        "node.id",
                        INT,
                        1,
                        Bounds.atLeast(0),
                        HIGH,
                        "The number of this broker, unique in its cluster. It is written into the data directory and can't"
                                + " change afterwards.")
                .fixed(
                        "cluster.id",
                        STRING,
                        null,
                        Bounds.that(
                                CLUSTER_ID_LENGTH + " characters of URL-safe Base64, as a Kafka cluster id",
                                value -> ((String) value).matches("[A-Za-z0-9_-]{" + CLUSTER_ID_LENGTH + "}")),
                        MEDIUM,
                        "The cluster that this broker belongs to. Unset, it is what the data directory says. If that is new, a"
                                + " broker alone makes a random one, and several voters take over the one that their first"
                                + " leader makes; a broker that joins others has to be given theirs. A data directory of another"
                                + " cluster stops the start.")
                .fixed(
                        "broker.rack",
                        STRING,
                        null,
                        null,
                        MEDIUM,
                        "The rack or zone of this broker; replicas are spread over racks, and clients are told.");
    }

    static NodeSettings of(Values values) {
        return new NodeSettings(
                values.number("node.id"), values.textOrNull("cluster.id"), values.textOrNull("broker.rack"));
    }
}
