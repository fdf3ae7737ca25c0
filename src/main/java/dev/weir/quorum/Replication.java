package dev.weir.quorum;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The positions of the replicas, as their fetches of this epoch have told them. Anybody may fetch under any id, so beside the
 * voters a bounded number is remembered: {@value #MOST_OF_ONE_ID} directories of each id that is a voter's or a registered
 * broker's, and {@value #MOST_STRANGERS} others in all. The longest silent makes room; an observer that is silent for five
 * minutes is forgotten, as in Kafka.
 */
final class Replication {
    static final int MOST_STRANGERS = 64;
    static final int MOST_OF_ONE_ID = 4;
    private static final long FORGET_AFTER_MS = 300_000;
    private final long epochStartOffset;
    private final Map<ReplicaKey, Progress> byReplica = new HashMap<>();

    Replication(long epochStartOffset) {
        this.epochStartOffset = epochStartOffset;
    }

    /** Believes a fetch that matches the leader's log: everything below {@code offset} is synced there. */
    void note(Quorum quorum, ReplicaKey replica, Asker asker, long offset) {
        if (replica.id() < 0) {
            return;
        }
        VoterSet voters = quorum.log().voters();
        boolean stranger = asker.isStranger(replica, voters);
        forgetSilent(quorum);
        if (!byReplica.containsKey(replica)) {
            makeRoom(replica, stranger, voters);
        }
        long end = quorum.log().endOffset();
        Progress before = byReplica.getOrDefault(replica, Progress.NONE);
        if (offset < before.offset() && voters.contains(replica)) {
            quorum.emit(new QuorumEffect.VoterWentBack(replica, before.offset(), offset));
        }
        byReplica.put(replica, before.fetchedAt(offset, end, quorum.now(), stranger));
    }

    private void makeRoom(ReplicaKey replica, boolean stranger, VoterSet voters) {
        List<ReplicaKey> alike = byReplica.entrySet().stream()
                .filter(e -> stranger ? e.getValue().stranger() : e.getKey().id() == replica.id())
                .filter(e -> !isCertain(voters, e.getKey()))
                .sorted(Comparator.comparingLong(e -> e.getValue().lastFetchMs()))
                .map(Map.Entry::getKey)
                .toList();
        int most = stranger ? MOST_STRANGERS : MOST_OF_ONE_ID;
        for (int i = 0; i <= alike.size() - most; i++) {
            byReplica.remove(alike.get(i));
        }
    }

    private void forgetSilent(Quorum quorum) {
        long since = quorum.now() - FORGET_AFTER_MS;
        VoterSet voters = quorum.log().voters();
        byReplica.entrySet().removeIf(e -> e.getValue().lastFetchMs() < since && !voters.contains(e.getKey()));
    }

    /** Whether that replica is a voter whose directory is known: no other can be taken for it. */
    private static boolean isCertain(VoterSet voters, ReplicaKey replica) {
        return voters.pinned() && voters.contains(replica);
    }

    /** The offset below which a majority of the voters has synced everything. */
    long majorityOffset(Quorum quorum) {
        VoterSet voters = quorum.log().voters();
        List<Long> offsets = voters.voters().stream()
                .map(voter -> voter.key().names(quorum.me()) ? quorum.log().syncedOffset() : offsetOf(voter.key()))
                .sorted(Comparator.reverseOrder())
                .toList();
        return offsets.get(voters.majority() - 1);
    }

    /** Whether that replica has reached the leader's end as of its fetch before, and fetches still. */
    boolean caughtUp(ReplicaKey replica, Quorum quorum) {
        Progress progress = byReplica.getOrDefault(replica, Progress.NONE);
        return progress.caughtUpMs() >= 0
                && progress.offset() > epochStartOffset
                && quorum.now() - progress.caughtUpMs() <= quorum.settings().fetchTimeoutMs();
    }

    /** The other voters, the one with the longest log first. */
    List<ReplicaKey> successors(Quorum quorum) {
        return quorum.log().voters().voters().stream()
                .map(Voter::key)
                .filter(key -> !key.names(quorum.me()))
                .sorted(Comparator.comparingLong(this::offsetOf).reversed())
                .toList();
    }

    /** The voters with the directory of each, once every one of them has fetched. */
    Optional<VoterSet> pinned(Voter self, VoterSet voters) {
        VoterSet set = voters;
        for (Voter voter : voters.voters()) {
            Optional<Voter> pinned = voter.id() == self.id()
                    ? Optional.of(self)
                    : newest(voter.key()).map(known -> new Voter(known.getKey(), voter.endpoints(), voter.levels()));
            if (pinned.isEmpty()) {
                return Optional.empty();
            }
            set = set.with(pinned.get());
        }
        return Optional.of(set);
    }

    /** How far each voter is, this leader included. */
    List<QuorumView.Progress> voters(Quorum quorum, long wallMs) {
        List<QuorumView.Progress> all = new ArrayList<>();
        for (Voter voter : quorum.log().voters().voters()) {
            if (voter.key().names(quorum.me())) {
                all.add(new QuorumView.Progress(quorum.me(), quorum.log().endOffset(), -1, wallMs));
            } else {
                Optional<Map.Entry<ReplicaKey, Progress>> known = newest(voter.key());
                all.add(known.map(e -> progress(e.getKey(), e.getValue(), quorum, wallMs))
                        .orElse(new QuorumView.Progress(voter.key(), -1, -1, -1)));
            }
        }
        return all;
    }

    /** How far each replica is that fetches and is no voter. */
    List<QuorumView.Progress> observers(Quorum quorum, long wallMs) {
        forgetSilent(quorum);
        return byReplica.entrySet().stream()
                .filter(e -> !quorum.log().voters().contains(e.getKey()))
                .map(e -> progress(e.getKey(), e.getValue(), quorum, wallMs))
                .toList();
    }

    private static QuorumView.Progress progress(ReplicaKey replica, Progress known, Quorum quorum, long wallMs) {
        long fetched = wallMs - (quorum.now() - known.lastFetchMs());
        long caughtUp = known.caughtUpMs() < 0 ? -1 : wallMs - (quorum.now() - known.caughtUpMs());
        return new QuorumView.Progress(replica, known.offset(), fetched, caughtUp);
    }

    private long offsetOf(ReplicaKey voter) {
        return newest(voter).map(e -> e.getValue().offset()).orElse(0L);
    }

    private Optional<Map.Entry<ReplicaKey, Progress>> newest(ReplicaKey voter) {
        return byReplica.entrySet().stream()
                .filter(e -> voter.names(e.getKey()))
                .max(Comparator.comparingLong(e -> e.getValue().lastFetchMs()));
    }

    /**
     * One replica's position.
     *
     * @param offset the end of its log
     * @param leaderEnd the leader's end at that fetch
     * @param lastFetchMs when it fetched
     * @param caughtUpMs when it had everything; -1 for never
     * @param stranger whether it was neither a voter nor a registered broker then
     */
    private record Progress(long offset, long leaderEnd, long lastFetchMs, long caughtUpMs, boolean stranger) {
        static final Progress NONE = new Progress(0, Long.MAX_VALUE, -1, -1, true);

        Progress fetchedAt(long newOffset, long end, long now, boolean strangerNow) {
            long caughtUp = caughtUpMs;
            if (newOffset >= end) {
                caughtUp = now;
            } else if (newOffset >= leaderEnd) {
                caughtUp = Math.max(caughtUp, lastFetchMs);
            }
            return new Progress(newOffset, end, now, caughtUp, strangerNow);
        }
    }
}
