package dev.weir.config;

import static org.apache.kafka.common.config.ConfigDef.Importance.HIGH;
import static org.apache.kafka.common.config.ConfigDef.Importance.MEDIUM;
import static org.apache.kafka.common.config.ConfigDef.Type.BOOLEAN;
import static org.apache.kafka.common.config.ConfigDef.Type.INT;

/**
 * How topics come and go.
 *
 * @param partitions {@code num.partitions}
 * @param replicationFactor {@code default.replication.factor}
 * @param autoCreate {@code auto.create.topics.enable}
 * @param deleteEnabled {@code delete.topic.enable}
 */
public record TopicCreationSettings(int partitions, int replicationFactor, boolean autoCreate, boolean deleteEnabled) {
    static void declare(Declarations to) {
        to.area("New topics")
                .fixed(
                        "num.partitions",
                        INT,
                        1,
                        Bounds.atLeast(1),
                        MEDIUM,
                        "Partitions of a new topic where its creator names no number.")
                .fixed(
                        "default.replication.factor",
                        INT,
                        1,
                        Bounds.between(1, Short.MAX_VALUE),
                        MEDIUM,
                        "Replicas of each partition of a new topic where its creator names no number.")
                .fixed(
                        "auto.create.topics.enable",
                        BOOLEAN,
                        true,
                        null,
                        HIGH,
                        "Whether a producer or consumer that asks for a topic that isn't there creates it.")
                .fixed("delete.topic.enable", BOOLEAN, true, null, HIGH, "Whether topics can be deleted.");
    }

    static TopicCreationSettings of(Values values) {
        return new TopicCreationSettings(
                values.number("num.partitions"),
                values.number("default.replication.factor"),
                values.flag("auto.create.topics.enable"),
                values.flag("delete.topic.enable"));
    }
}
