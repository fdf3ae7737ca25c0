package dev.weir.config;

import static org.apache.kafka.common.config.ConfigDef.Importance.LOW;
import static org.apache.kafka.common.config.ConfigDef.Type.INT;

/**
 * What is remembered of idempotent producers.
 *
 * @param idExpirationMs {@code producer.id.expiration.ms}
 * @param idExpirationCheckMs {@code producer.id.expiration.check.interval.ms}
 */
public record ProducerSettings(int idExpirationMs, int idExpirationCheckMs) {
    static void declare(Declarations to) {
        to.area("Producers")
                .live(
                        "producer.id.expiration.ms",
                        INT,
                        86_400_000,
                        Bounds.atLeast(1),
                        LOW,
                        "A producer that wrote nothing to a partition for this long is forgotten there, in"
                                + " milliseconds.")
                .fixed(
                        "producer.id.expiration.check.interval.ms",
                        INT,
                        600_000,
                        Bounds.atLeast(1),
                        LOW,
                        "Time between two looks for producers to forget, in milliseconds.");
    }

    static ProducerSettings of(Values values) {
        return new ProducerSettings(
                values.number("producer.id.expiration.ms"), values.number("producer.id.expiration.check.interval.ms"));
    }
}
