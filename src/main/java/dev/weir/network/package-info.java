/**
 * The TCP server of the Kafka protocol: connections, in-order replies, backpressure, sendfile. The state of a connection
 * is owned by the network verticle (the event loop) that accepted it.
 */
@NullMarked
package dev.weir.network;

import org.jspecify.annotations.NullMarked;
