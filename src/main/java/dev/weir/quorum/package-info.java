/**
 * The metadata quorum: who leads, what is committed, and what waits for it. KRaft as published (KIP-595, 630, 853, 996, 1166),
 * as pure cores: event in, effects out, without clock, thread, file or randomness of their own. Owned by the driver of the
 * metadata log, on its thread.
 *
 * <pre>
 *   peers' requests and answers, ticks,     ┌────────────┐   Persist: quorum-state, synced before anything that follows
 *   synced, snapshot written, leader lost ─▶│ QuorumCore │─▶ Append, TruncateTo, InstallSnapshot: the log
 *                                           │    Role    │   Send, Answer: the peers
 *   the controller's records ──────────────▶│ QuorumLog  │   BecameLeader, Resigned: the controller
 *                                           └─────┬──────┘
 *                                                 │ HighWatermarkMoved
 *                     ┌──────────────┐            ▼
 *   decide, follow ──▶│ DecisionLine │─▶ publish the committed image, then answer
 *                     └──────────────┘
 * </pre>
 *
 * The three rules on which safety rests beside the vote are in {@link dev.weir.quorum.SafetyRules}. A role says in its class
 * how each request is answered in it and how it is left ({@link dev.weir.quorum.Role}). The wire's cluster id, topic and
 * endpoints, the files and the connections are the driver's.
 */
@NullMarked
package dev.weir.quorum;

import org.jspecify.annotations.NullMarked;
