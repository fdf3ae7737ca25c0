/**
 * The fetchers of the replicas that follow other brokers: one for each leader and local shard, so that an answer goes to one shard
 * and a slow shard holds up no other. They decide what to fetch and when; what an answer does to a log is decided by its shard, in
 * the turn that does it.
 *
 * <pre>
 *   metadata ──▶ ReplicaFetcherVerticle, one for each shard, on an event loop
 *                  │ ReplicaFetchers: which partition follows whom (pure)
 *                  ▼
 *                ReplicaFetcher, one for each leader (pure): ReplicaFetchSession, FollowedPartition, RetryQueue
 *                  │ FetcherEffect                              ▲
 *                  ├──▶ Fetch ──▶ peer.PeerClient ──────────────┤ answers in pooled buffers
 *                  └──▶ Turn ───▶ FollowerClient, the shard ────┘ outcomes, with the new ends of the logs
 * </pre>
 */
@NullMarked
package dev.weir.replica;

import org.jspecify.annotations.NullMarked;
