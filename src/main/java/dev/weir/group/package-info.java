/**
 * Consumer groups and committed offsets. The state of a group is owned by the coordinator verticle of its
 * {@code __consumer_offsets} partition; only replayed records change it durably.
 *
 * <pre>
 *   network ──▶ GroupClient                     face: one call for each group API
 *                  │ bus, to the coordinator of the group's partition
 *                  ▼
 *               GroupCoordinatorVerticle ──▶ PartitionCoordinator, one for each partition of the group log
 *                  │ call                       driver: loads, holds calls meanwhile, appends, arms timers, replies
 *                  ▼
 *               GroupCoordinatorCore ──▶ offset | classic | consumer ──▶ assignor
 *                  │ GroupOutcome: records, effects, reply        (all of these speak core)
 *                  ▼
 *               AppendQueue ──▶ OffsetsLog ──▶ __consumer_offsets ──▶ committed ──▶ the reply leaves
 *                  └──▶ replay of the same records, live and when a partition is loaded    (record: their bytes)
 * </pre>
 */
@NullMarked
package dev.weir.group;

import org.jspecify.annotations.NullMarked;
