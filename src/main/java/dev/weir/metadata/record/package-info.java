/**
 * The records of the metadata log and their bytes: Kafka's own KRaft schemas and framing, so that Kafka's tools read our
 * log. Values without behaviour; what a record changes is decided by {@link dev.weir.metadata.ClusterImage}.
 */
@NullMarked
package dev.weir.metadata.record;

import org.jspecify.annotations.NullMarked;
