package dev.weir.quorum;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** What has been promised so far, in the whole cluster; fails as soon as a promise is broken. */
final class QuorumOracle {
    private final Map<Integer, Integer> leaders = new HashMap<>();
    private final Map<String, ReplicaKey> votes = new HashMap<>();
    private final Map<String, String> batches = new HashMap<>();
    private final Map<ReplicaKey, TreeMap<Long, LogBatch>> synced = new HashMap<>();
    private final List<LogBatch> committed = new ArrayList<>();
    private final TreeMap<Long, Image> images = new TreeMap<>(Map.of(0L, Image.EMPTY));
    private final boolean global;
    private Optional<String> committedId = Optional.empty();

    /** With {@code global} false only what one replica promises by itself is checked. */
    QuorumOracle(boolean global) {
        this.global = global;
    }

    long committedEnd() {
        return images.lastKey();
    }

    int leadersSoFar() {
        return leaders.size();
    }

    /**
     * There is one id in a cluster, ever: on all disks that are there now, and from the first commit on also on those to come.
     *
     * @param kept the ids on the disks
     */
    void named(SimNode node, String id, List<String> kept) {
        check(!global || kept.stream().allMatch(id::equals), node + " takes the id " + id + " where there are " + kept);
        check(
                !global || committedId.isEmpty() || committedId.equals(Optional.of(id)),
                node + " takes the id " + id + ", but the cluster is " + committedId);
    }

    void leads(int epoch, ReplicaKey leader) {
        Integer other = leaders.put(epoch, leader.id());
        check(!global || other == null, "epoch " + epoch + " has two leaders: " + other + " and " + leader.id());
    }

    void votes(int epoch, ReplicaKey voter, ReplicaKey candidate) {
        ReplicaKey other = votes.put(epoch + " " + voter, candidate);
        check(
                !global || other == null || other.equals(candidate),
                voter + " votes twice in " + epoch + ": for " + other + " and " + candidate);
    }

    /** The pair of offset and epoch names one batch, and one batch before it. */
    void appended(ReplicaKey replica, LogBatch batch, int epochBefore) {
        String known = batches.putIfAbsent(batch.baseOffset() + "@" + batch.epoch(), batch + " after " + epochBefore);
        check(
                !global || known == null || known.equals(batch + " after " + epochBefore),
                replica + " appends " + batch + " after " + epochBefore + " where there was " + known);
    }

    void synced(ReplicaKey replica, List<LogBatch> log, long offset) {
        TreeMap<Long, LogBatch> here = synced.computeIfAbsent(replica, k -> new TreeMap<>());
        for (int i = log.size() - 1; i >= 0; i--) {
            LogBatch batch = log.get(i);
            if (batch.endOffset() <= offset && batch.equals(here.put(batch.baseOffset(), batch))) {
                break;
            }
        }
    }

    void truncated(ReplicaKey replica, long offset, long highWatermark) {
        check(offset >= highWatermark, replica + " truncates to " + offset + " below " + highWatermark);
        synced.computeIfAbsent(replica, k -> new TreeMap<>())
                .tailMap(offset, true)
                .clear();
    }

    /** A leader commits what was not committed yet, or a replica hears of what is. */
    void commits(SimNode node, long knownBefore, long offset) {
        if (!global) {
            return;
        }
        for (LogBatch batch : node.disk.from(knownBefore)) {
            if (batch.endOffset() > offset) {
                break;
            }
            if (batch.baseOffset() < committedEnd()) {
                Image image = images.get(batch.baseOffset()).with(batch);
                check(
                        image.equals(images.get(batch.endOffset())),
                        node + " has " + batch + " in the place of another committed one");
            } else {
                check(node.leading, node + " commits " + batch + " without a lead");
                committedId = committedId.or(() -> node.disk.clusterId);
                majorityHas(node, batch);
                committed.add(batch);
                images.put(batch.endOffset(), images.lastEntry().getValue().with(batch));
            }
        }
        check(offset <= committedEnd(), node + " commits " + offset + " without having it");
    }

    void published(SimNode node, Image image) {
        check(
                !global || image.equals(images.get(image.endOffset())),
                node + " publishes an image that is not of the committed log: " + image);
    }

    void answered(SimNode node, long baseOffset, Image image) {
        check(
                !global || image.equals(images.get(image.endOffset())),
                node + " answers from an image that is not committed: " + image + " from " + baseOffset);
    }

    void check(boolean holds, String otherwise) {
        if (!holds) {
            throw new AssertionError(otherwise);
        }
    }

    private void majorityHas(SimNode node, LogBatch batch) {
        VoterSet voters = node.votersOnDisk();
        long having = voters.voters().stream()
                .filter(voter -> synced.entrySet().stream()
                        .anyMatch(e -> voter.key().names(e.getKey())
                                && batch.equals(e.getValue().get(batch.baseOffset()))))
                .count();
        check(
                having >= voters.majority(),
                node + " commits " + batch + " that " + having + " of " + voters + " have synced");
    }
}
