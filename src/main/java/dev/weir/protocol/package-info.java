/**
 * The Kafka wire protocol: framing, headers, the table of APIs and versions, views over record batches. Stateless; the
 * message classes are those of kafka-clients. Uses no other package of Weir.
 */
@NullMarked
package dev.weir.protocol;

import org.jspecify.annotations.NullMarked;
