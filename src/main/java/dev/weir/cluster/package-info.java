/**
 * The membership of the brokers, and the detection of dead ones. Hazelcast says who is there, as a hint; a probe decides whether
 * a broker is dead. Nothing here is safe to build decisions on but {@link dev.weir.cluster.BrokerDied}, and that only saves
 * time: leaders are decided by the quorum, sessions by heartbeats.
 *
 * <pre>
 *   Hazelcast's threads ──▶ MembershipMonitor ──bus──▶ ClusterVerticle ──▶ PeerSeen, PeerLost, MembershipView
 *   (a thread of its own,    the whole list of          MembershipCore                  │ bus
 *    that nobody waits for)  members, each time                                         ▼
 *   connections that closed ───────────────bus───▶ FailureDetectorVerticle ──────▶ BrokerDied
 *   brokers to watch, sessions that ended          FailureDetector  │  ▲
 *   (the controller)                                          Probe ▼  │ refused, accepted, failed
 *                                                               TcpProber
 * </pre>
 *
 * {@code ClusterVerticle} runs on an event loop and never calls Hazelcast; {@code FailureDetectorVerticle} has a thread of its
 * own. Only classes whose names begin with {@code Hazelcast} know the library, so that a broker without a membership loads
 * nothing of it.
 */
@NullMarked
package dev.weir.cluster;

import org.jspecify.annotations.NullMarked;
