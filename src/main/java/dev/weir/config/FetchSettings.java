package dev.weir.config;

import static org.apache.kafka.common.config.ConfigDef.Importance.MEDIUM;
import static org.apache.kafka.common.config.ConfigDef.Type.INT;

/**
 * Limits of requests that read.
 *
 * @param maxBytes {@code fetch.max.bytes}
 * @param sessionSlots {@code max.incremental.fetch.session.cache.slots}
 * @param maxDescribedPartitions {@code max.request.partition.size.limit}
 */
public record FetchSettings(int maxBytes, int sessionSlots, int maxDescribedPartitions) {
    static void declare(Declarations to) {
        to.area("Reading")
                .fixed(
                        "fetch.max.bytes",
                        INT,
                        55 * 1024 * 1024,
                        Bounds.atLeast(1024),
                        MEDIUM,
                        "The most bytes of records in the answer to one fetch, whatever the client asks for. A"
                                + " first batch that is larger is still sent.")
                .fixed(
                        "max.incremental.fetch.session.cache.slots",
                        INT,
                        1000,
                        Bounds.atLeast(0),
                        MEDIUM,
                        "The most incremental fetch sessions that are remembered.")
                .fixed(
                        "max.request.partition.size.limit",
                        INT,
                        2000,
                        Bounds.atLeast(1),
                        MEDIUM,
                        "The most partitions in the answer to one DescribeTopicPartitions request; the client"
                                + " asks again for the rest.");
    }

    static FetchSettings of(Values values) {
        return new FetchSettings(
                values.number("fetch.max.bytes"),
                values.number("max.incremental.fetch.session.cache.slots"),
                values.number("max.request.partition.size.limit"));
    }
}
