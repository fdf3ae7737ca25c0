/**
 * The connections to other brokers: one for each peer and purpose, so that nothing waits behind another purpose's answers. The
 * {@link dev.weir.peer.PeerClient} owns its connections, on an event loop of its own; they are opened by the first request and
 * again by the next one after a failure.
 *
 * <pre>
 *   send ─▶ PeerClient ─▶ PeerConnection ── PeerCalls: what waits, what is sent, deadlines (pure)
 *                              │            Backoff: the wait before the next attempt (pure)
 *                              │            PeerVersions: what the peer understands (pure)
 *                              ▼
 *                        socket, ResponseFrames (heap) or PooledFrames (records to be written as they are)
 *
 *   QuorumPeers       the quorum's transport: QuorumRequest ◀─ wire ─▶ Kafka's messages
 *   ForwardedRoute    the way to the active controller, in an Envelope (KIP-590)
 * </pre>
 */
@NullMarked
package dev.weir.peer;

import org.jspecify.annotations.NullMarked;
