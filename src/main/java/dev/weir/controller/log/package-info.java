/**
 * The metadata log of this broker, put on the quorum: {@link dev.weir.controller.log.MetadataLog} is its face.
 *
 * <pre>
 *   decisions ──▶ DecisionQueue ── records ──▶ QuorumDriver ── events ──▶ QuorumCore
 *                      ▲                            │  ◀─── effects ─────────┘
 *                      │ high watermark             ├──▶ MetadataLogStore: batches; LogSync syncs them elsewhere
 *                      └────────────────────────────├──▶ MetadataFiles: quorum-state, snapshots, what was synced
 *   committed images ◀── then answers               └──▶ QuorumTransport: the other replicas
 * </pre>
 *
 * All of it is owned by one thread. Only syncs, and the encoding and writing of snapshots, run elsewhere.
 */
@NullMarked
package dev.weir.controller.log;

import org.jspecify.annotations.NullMarked;
