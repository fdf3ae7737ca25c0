/**
 * The records of the metadata log and their bytes: Kafka's own KRaft schemas and framing, so that Kafka's tools read our
 * log. The bytes are written and read by Kafka's generated messages, which stay in this package: each record here is an
 * immutable value with {@code of} and {@code toGenerated}. What a record changes is decided by
 * {@link dev.weir.metadata.ClusterImage}.
 */
@NullMarked
package dev.weir.metadata.record;

import org.jspecify.annotations.NullMarked;
