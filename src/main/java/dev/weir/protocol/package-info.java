/**
 * The Kafka wire protocol: request headers, responses with spliced file bytes, and the field types of the records in Kafka's
 * own logs. Stateless; the message classes are those of kafka-clients. Uses no other package of Weir.
 */
@NullMarked
package dev.weir.protocol;

import org.jspecify.annotations.NullMarked;
