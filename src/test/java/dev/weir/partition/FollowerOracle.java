package dev.weir.partition;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.storage.PartitionLog;
import dev.weir.storage.producer.ProducerEntry;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.apache.kafka.common.record.internal.MutableRecordBatch;

/** What must hold of the replicas of a partition at any time. Knows what was committed, and whose view an unclean election broke. */
final class FollowerOracle {
    /** The bytes that were ever seen at an offset of an epoch. */
    private final Map<Place, Integer> everSeen = new HashMap<>();
    /** What was committed, by offset. */
    private final TreeMap<Long, Integer> committed = new TreeMap<>();
    /** Nodes that may hold another history as committed, until they have compared with a leader. */
    private final Set<Integer> suspect = new HashSet<>();

    /** What each node was found to have, and where its log stood then. */
    private final Map<Integer, Seen> seen = new HashMap<>();

    private record Place(long offset, int epoch) {}

    private record Seen(
            Object log, long start, long end, long bytes, int epoch, long highWatermark, List<Batch> batches) {
        boolean isOf(ReplicaNode node) {
            PartitionLog now = node.partition().log;
            return now == log
                    && now.logStartOffset() == start
                    && now.logEndOffset() == end
                    && now.sizeInBytes() == bytes
                    && now.latestEpoch().orElse(-1) == epoch;
        }
    }

    private record Batch(long base, long next, int epoch, long producerId, int content) {
        static Batch of(MutableRecordBatch batch) {
            batch.ensureValid();
            ByteBuffer bytes = ByteBuffer.allocate(batch.sizeInBytes());
            batch.writeTo(bytes);
            return new Batch(
                    batch.baseOffset(),
                    batch.nextOffset(),
                    batch.partitionLeaderEpoch(),
                    batch.producerId(),
                    bytes.flip().hashCode());
        }
    }

    /** Records may be lost: what the new leader has is the truth from now on. */
    void unclean(ReplicaNode leader, List<ReplicaNode> all) {
        all.forEach(node -> suspect.add(node.id));
        suspect.remove(leader.id);
        long end = leader.partition().log.logEndOffset();
        committed.tailMap(end, true).clear();
        batches(leader).forEach(batch -> {
            if (committed.containsKey(batch.base())) {
                committed.put(batch.base(), batch.content());
            }
        });
        Set<Long> bases = new HashSet<>();
        batches(leader).forEach(batch -> bases.add(batch.base()));
        committed.keySet().removeIf(base -> !bases.contains(base));
    }

    /** It has compared its log with the leader's. */
    void compared(ReplicaNode node) {
        suspect.remove(node.id);
    }

    void check(List<ReplicaNode> nodes) {
        List<ReplicaNode> changed = nodes.stream()
                .filter(ReplicaNode::isUsable)
                .filter(this::hasChanged)
                .toList();
        changed.forEach(this::check);
        for (ReplicaNode one : changed) {
            for (ReplicaNode other : nodes) {
                if (one != other && other.isUsable()) {
                    compare(one, other);
                }
            }
        }
    }

    private boolean hasChanged(ReplicaNode node) {
        Seen before = seen.get(node.id);
        return before == null
                || !before.isOf(node)
                || before.highWatermark() != node.partition().highWatermark();
    }

    private void check(ReplicaNode node) {
        seen.remove(node.id);
        Partition partition = node.partition();
        PartitionLog log = partition.log;
        assertThat(partition.highWatermark())
                .as("high watermark of %s, whose log has %s to %s", node.id, log.logStartOffset(), log.logEndOffset())
                .isBetween(log.logStartOffset(), log.logEndOffset());
        assertThat(log.recoveryPoint()).isLessThanOrEqualTo(log.logEndOffset());
        List<Batch> batches = batches(node);
        long next = batches.isEmpty() ? log.logEndOffset() : batches.get(0).base();
        Map<Long, Long> lastOf = new HashMap<>();
        for (Batch batch : batches) {
            lastOf.put(batch.producerId(), batch.next() - 1);
            assertThat(batch.base()).as("the log of %s has no gap", node.id).isEqualTo(next);
            next = batch.next();
            Integer before = everSeen.putIfAbsent(new Place(batch.base(), batch.epoch()), batch.content());
            assertThat(before == null || before == batch.content())
                    .as("offset %s of epoch %s is one batch for ever", batch.base(), batch.epoch())
                    .isTrue();
            assertThat(log.epochForOffset(Math.max(batch.base(), log.logStartOffset())))
                    .as("epoch of %s at %s", batch.base(), node.id)
                    .hasValue(batch.epoch());
        }
        assertThat(next).as("end of the log of %s", node.id).isEqualTo(log.logEndOffset());
        for (ProducerEntry producer : partition.producers.activeProducers()) {
            Long last = lastOf.get(producer.producerId());
            assertThat(last == null ? producer.lastOffset() < log.logStartOffset() : last == producer.lastOffset())
                    .as("%s at %s, last batch %s", producer, node.id, last)
                    .isTrue();
        }
        if (node.isLeader() && !suspect.contains(node.id)) {
            checkCommitted(node, batches);
        }
    }

    /** A leader has all that was committed, and commits what lies below its high watermark. */
    private void checkCommitted(ReplicaNode leader, List<Batch> batches) {
        Map<Long, Integer> has = new HashMap<>();
        batches.forEach(batch -> has.put(batch.base(), batch.content()));
        long start = leader.partition().log.logStartOffset();
        long first = batches.isEmpty() ? start : batches.get(0).base();
        committed.headMap(first).clear();
        committed.forEach((base, content) -> assertThat(has.get(base))
                .as("committed batch at %s at the leader %s", base, leader.id)
                .isEqualTo(content));
        batches.stream()
                .filter(batch -> batch.next() <= leader.partition().highWatermark())
                .forEach(batch -> committed.put(batch.base(), batch.content()));
    }

    private void compare(ReplicaNode one, ReplicaNode other) {
        if (suspect.contains(one.id) || suspect.contains(other.id)) {
            return;
        }
        long below = Math.min(one.partition().highWatermark(), other.partition().highWatermark());
        long from = Math.max(
                one.partition().log.logStartOffset(), other.partition().log.logStartOffset());
        assertThat(between(one, from, below))
                .as("records of %s and %s from %s to %s", one.id, other.id, from, below)
                .isEqualTo(between(other, from, below));
    }

    private List<Batch> between(ReplicaNode node, long from, long below) {
        return batches(node).stream()
                .filter(batch -> batch.next() > from && batch.next() <= below)
                .toList();
    }

    private List<Batch> batches(ReplicaNode node) {
        Seen known = seen.get(node.id);
        if (known != null && known.isOf(node)) {
            return known.batches();
        }
        PartitionLog log = node.partition().log;
        List<Batch> batches =
                ReplicaCluster.batches(node).stream().map(Batch::of).toList();
        seen.put(
                node.id,
                new Seen(
                        log,
                        log.logStartOffset(),
                        log.logEndOffset(),
                        log.sizeInBytes(),
                        log.latestEpoch().orElse(-1),
                        node.partition().highWatermark(),
                        batches));
        return batches;
    }
}
