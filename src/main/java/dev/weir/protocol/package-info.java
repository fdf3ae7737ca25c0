/**
 * The Kafka wire protocol: request headers and responses with spliced file bytes. Stateless; the message classes are those of
 * kafka-clients. Uses no other package of Weir.
 */
@NullMarked
package dev.weir.protocol;

import org.jspecify.annotations.NullMarked;
