package dev.weir.quorum;

import dev.weir.quorum.LogBatch.Content;
import dev.weir.quorum.QuorumRequest.BeginQuorumEpoch;
import dev.weir.quorum.QuorumRequest.Fetch;
import dev.weir.quorum.QuorumRequest.FetchSnapshot;
import dev.weir.quorum.QuorumResponse.FetchResponse;
import dev.weir.quorum.QuorumResponse.FetchSnapshotResponse;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.common.protocol.Errors;

/**
 * The one voter that appends in this epoch. Its first record is LeaderChange; as soon as it knows the directory of every voter,
 * a record of voters pins them. A record that describes the leader itself as it is not is replaced. The high watermark is what a majority has synced, itself no further than its own disk.
 *
 * <p>Requests: Fetch and FetchSnapshot are answered; a fetch without news waits. Voter changes are taken one at a time. Votes
 * and pre-votes of this epoch are refused.
 *
 * <p>Left: to Resigned when no majority has fetched for 1.5 fetch timeouts, when a sync does not end, on a failed log, on a
 * stop, or when its own removal is committed; to Unattached if it has led for long and a broker fetches in a newer epoch; with a
 * higher epoch as every role.
 */
final class Leader extends Role {
    /** {@code kraft.version}, which says that voters are in the log, and the voters. */
    private static final int PINNING_RECORDS = 2;

    private final int leaderId;
    private final long leadsSince;
    private final long epochStartOffset;
    private final Replication replication;
    private final WaitingFetches waiting = new WaitingFetches();
    private final VoterChanges changes = new VoterChanges(this);
    private final Set<Integer> fetched = new HashSet<>();
    private final Set<Integer> fetchedLately = new HashSet<>();
    private long checkQuorumAt;
    private long beginAt;
    private long syncedUntil;
    private long stalledAt = Long.MAX_VALUE;
    private long committed = -1;

    Leader(Quorum quorum, int epoch, long epochStartOffset) {
        super(epoch, Optional.of(quorum.me()));
        this.epochStartOffset = epochStartOffset;
        leaderId = quorum.me().id();
        leadsSince = quorum.now();
        replication = new Replication(epochStartOffset);
        checkQuorumAt = quorum.now() + quorum.settings().checkQuorumMs();
    }

    @Override
    int leaderId() {
        return leaderId;
    }

    @Override
    boolean grantsPreVote() {
        return false;
    }

    Replication replication() {
        return replication;
    }

    /** The high watermark of this epoch; -1 until one of its own records is committed. */
    long committed() {
        return committed;
    }

    void begin(Quorum quorum, List<Integer> granting) {
        append(
                quorum,
                1,
                new LogBatch.LeaderChange(leaderId, quorum.log().voters().ids(), granting));
        pinVoters(quorum);
    }

    void append(Quorum quorum, int count, Content content) {
        long base = quorum.log().endOffset();
        LogBatch batch = new LogBatch(base, base + count, epoch(), content);
        quorum.log().append(batch);
        quorum.emit(new QuorumEffect.Append(batch));
        waiting.wake(w -> true, w -> answerRecords(quorum, w.requestId(), w.fetch()));
        advance(quorum);
    }

    @Override
    void onFetch(Quorum quorum, long requestId, Asker asker, Fetch fetch) {
        if (fetch.epoch() != epoch()) {
            if (givesWayTo(quorum, asker, fetch)) {
                quorum.unattach(fetch.epoch());
            }
            quorum.answer(requestId, quorum.noFetch(quorum.role().notLeading(fetch.epoch())));
            return;
        }
        QuorumLog.Match match = quorum.log().match(fetch.fetchOffset(), fetch.lastFetchedEpoch());
        hear(quorum, fetch.replica());
        if (!match.same()) {
            quorum.answer(requestId, head(match));
            return;
        }
        replication.note(quorum, fetch.replica(), asker, fetch.fetchOffset());
        pinVoters(quorum);
        advance(quorum);
        if (quorum.role() != this) {
            quorum.answer(requestId, quorum.noFetch(Errors.NOT_LEADER_OR_FOLLOWER));
        } else if (quorum.log().endOffset() > fetch.fetchOffset()
                || committed > fetch.highWatermark()
                || fetch.maxWaitMs() <= 0) {
            answerRecords(quorum, requestId, fetch);
        } else {
            boolean stranger = asker.isStranger(fetch.replica(), quorum.log().voters());
            waiting.park(requestId, asker, stranger, fetch, quorum.now() + fetch.maxWaitMs())
                    .forEach(w -> answerRecords(quorum, w.requestId(), w.fetch()));
        }
    }

    /**
     * A broker in a newer epoch, which it may have reached alone, follows nobody before the others come to it: an epoch never
     * goes back. A voter tells so in its answer to BeginQuorumEpoch; nobody else is asked.
     */
    private boolean givesWayTo(Quorum quorum, Asker asker, Fetch fetch) {
        return fetch.epoch() > epoch()
                && !asker.isStranger(fetch.replica(), quorum.log().voters())
                && quorum.isLong(quorum.now() - leadsSince)
                && quorum.mayMoveTo(fetch.epoch());
    }

    @Override
    void onFetchSnapshot(Quorum quorum, long requestId, FetchSnapshot fetch) {
        if (fetch.epoch() != epoch()) {
            super.onFetchSnapshot(quorum, requestId, fetch);
            return;
        }
        hear(quorum, fetch.replica());
        quorum.emit(new QuorumEffect.AnswerSnapshot(
                requestId,
                new FetchSnapshotResponse(
                        Errors.NONE, epoch(), leaderId, fetch.snapshotId(), fetch.position(), 0, 0, Optional.empty())));
    }

    @Override
    void onVoterChange(Quorum quorum, long requestId, QuorumRequest change) {
        changes.request(quorum, requestId, change);
    }

    /** Moves the high watermark to what a majority has synced, if that ends with a record of this epoch. */
    void advance(Quorum quorum) {
        long offset = replication.majorityOffset(quorum);
        if (quorum.role() != this || offset <= committed || !quorum.rules().mayCommit(offset, epochStartOffset)) {
            return;
        }
        committed = offset;
        quorum.moveHighWatermark(offset);
        waiting.wake(w -> committed > w.fetch().highWatermark(), w -> answerRecords(quorum, w.requestId(), w.fetch()));
        changes.onCommitted(quorum, offset);
        if (!quorum.log().voters().contains(quorum.me()) && quorum.log().votersOffset() < committed) {
            resign(quorum);
        }
    }

    void resign(Quorum quorum) {
        List<ReplicaKey> successors = replication.successors(quorum);
        quorum.become(new Resigned(epoch(), voted(), successors, quorum.electionDeadline()));
    }

    @Override
    void act(Quorum quorum) {
        quorum.settled();
        mindDisk(quorum);
        checkQuorum(quorum);
        if (quorum.now() >= checkQuorumAt || quorum.now() >= stalledAt) {
            resign(quorum);
            return;
        }
        waiting.wake(w -> quorum.now() >= w.deadline(), w -> answerRecords(quorum, w.requestId(), w.fetch()));
        changes.expire(quorum);
        if (quorum.isMisdescribed() && changes.areAllowed(quorum)) {
            append(quorum, 1, new LogBatch.Voters(quorum.log().voters().with(quorum.self())));
        }
        if (quorum.now() >= beginAt) {
            beginAt = quorum.now() + quorum.settings().beginQuorumEpochMs();
            Set<Integer> silent = new HashSet<>(quorum.log().voters().ids());
            silent.removeAll(fetchedLately);
            fetchedLately.clear();
            quorum.sendToVoters(
                    voter -> silent.contains(voter.id()),
                    voter -> new BeginQuorumEpoch(
                            leaderId, epoch(), voter.key(), quorum.cluster().id()));
        }
    }

    @Override
    void left(Quorum quorum) {
        quorum.emit(new QuorumEffect.Resigned(epoch()));
        waiting.wake(w -> true, w -> quorum.answer(w.requestId(), quorum.noFetch(Errors.NOT_LEADER_OR_FOLLOWER)));
        changes.fail(quorum);
    }

    private void mindDisk(Quorum quorum) {
        long synced = quorum.log().syncedOffset();
        if (quorum.log().synced()) {
            stalledAt = Long.MAX_VALUE;
        } else if (stalledAt == Long.MAX_VALUE || synced > syncedUntil) {
            stalledAt = quorum.now() + quorum.settings().diskStallMs();
        }
        syncedUntil = synced;
    }

    private void hear(Quorum quorum, ReplicaKey replica) {
        VoterSet voters = quorum.log().voters();
        if (!voters.contains(replica)) {
            return;
        }
        fetched.add(replica.id());
        fetchedLately.add(replica.id());
        checkQuorum(quorum);
    }

    private void checkQuorum(Quorum quorum) {
        VoterSet voters = quorum.log().voters();
        long here = voters.ids().stream()
                .filter(id -> fetched.contains(id) || id == leaderId)
                .count();
        if (here > voters.size() / 2) {
            fetched.clear();
            checkQuorumAt = quorum.now() + quorum.settings().checkQuorumMs();
        }
    }

    private void pinVoters(Quorum quorum) {
        VoterSet voters = quorum.log().voters();
        if (!voters.pinned()) {
            replication
                    .pinned(quorum.self(), voters)
                    .ifPresent(set -> append(quorum, PINNING_RECORDS, new LogBatch.Voters(set)));
        }
    }

    private void answerRecords(Quorum quorum, long requestId, Fetch fetch) {
        quorum.emit(new QuorumEffect.AnswerRecords(requestId, head(QuorumLog.Match.SAME), fetch.fetchOffset()));
    }

    private FetchResponse head(QuorumLog.Match match) {
        return new FetchResponse(
                Errors.NONE, epoch(), leaderId, committed, match.diverging(), match.snapshotId(), List.of());
    }
}
