/**
 * The quorum's requests and responses as Kafka's messages, in both directions, and the envelope of forwarded requests. Stateless:
 * one class for each API, found through {@link dev.weir.peer.wire.QuorumApis}.
 */
@NullMarked
package dev.weir.peer.wire;

import org.jspecify.annotations.NullMarked;
