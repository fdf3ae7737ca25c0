package dev.weir.quorum;

import dev.weir.quorum.QuorumRequest.FetchSnapshot;
import dev.weir.quorum.QuorumRequest.UpdateVoter;
import dev.weir.quorum.QuorumResponse.FetchResponse;
import dev.weir.quorum.QuorumResponse.FetchSnapshotResponse;
import dev.weir.quorum.QuorumResponse.VoterChangeResponse;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.common.protocol.Errors;

/**
 * A replica, voter or observer, that fetches from the leader of this epoch. It fetches again only when what it has is synced:
 * each fetch says so. If the leader does not answer it asks others whether there is a new one. A voter that the log describes as it
 * is not tells the leader now and then, until the log has it (KIP-853). One that does not know the cluster's id fetches nothing until
 * the leader has told it.
 *
 * <p>Requests: a pre-vote is granted to a log at least as long, but not once this leader has answered and no doubt of it has
 * come up since; the vote of the epoch only to whom it was given before. EndQuorumEpoch of the leader makes it stand, by its
 * place among the successors. Fetch and FetchSnapshot are refused with NOT_LEADER_OR_FOLLOWER, naming the leader.
 *
 * <p>Left: to Prospective when the fetch timeout is over, or sooner if the membership has lost the leader; to another
 * Follower, or to Unattached, with a higher epoch only.
 */
final class Follower extends Role {
    private final int leaderId;
    private long standAt;
    private long updateAt = Long.MIN_VALUE;
    private boolean heard;
    private boolean doubted;
    private boolean hinted;
    private Optional<SnapshotLoad> load = Optional.empty();

    Follower(int epoch, int leaderId, Optional<ReplicaKey> voted, long standAt) {
        super(epoch, voted);
        this.leaderId = leaderId;
        this.standAt = standAt;
    }

    @Override
    int leaderId() {
        return leaderId;
    }

    @Override
    boolean grantsPreVote() {
        return !heard || doubted;
    }

    /** Takes the leader for lost until it answers again, and stands at {@code time}. */
    void doubt(long time) {
        doubted = true;
        standAt = Math.min(standAt, time);
    }

    @Override
    void standSooner(Quorum quorum) {
        if (grantsPreVote()) {
            standAt = Math.min(standAt, quorum.shortly());
        }
    }

    @Override
    void onLeaderLost(Quorum quorum, int lostId, int rank) {
        if (lostId == leaderId && !hinted) {
            hinted = true;
            doubt(quorum.now() + (long) rank * quorum.settings().electionTimeoutMs() / 10);
        }
    }

    @Override
    void onEndQuorumEpoch(Quorum quorum, int resignedId, List<ReplicaKey> successors) {
        if (resignedId == leaderId) {
            int place = successors.indexOf(quorum.me());
            int wait = quorum.settings().electionBackoffMaxMs();
            doubt(quorum.now() + (place < 0 ? wait : (long) wait * place / Math.max(1, successors.size())));
        }
    }

    @Override
    void act(Quorum quorum) {
        if (quorum.now() >= standAt) {
            if (quorum.mayStand()) {
                quorum.stand(doubted);
                return;
            }
            doubted = true;
        }
        if (!quorum.cluster().isKnown()) {
            return;
        }
        if (load.isPresent()) {
            load.get()
                    .request()
                    .ifPresent(position -> quorum.sendIfReady(
                            leaderId,
                            new FetchSnapshot(quorum.me(), epoch(), load.get().snapshotId(), position)));
        } else if (updates(quorum)) {
            updateAt = quorum.fetchDeadline();
            quorum.sendIfReady(leaderId, new UpdateVoter(quorum.self()));
        } else if (quorum.log().synced()) {
            quorum.sendIfReady(leaderId, quorum.fetch(quorum.settings().fetchMaxWaitMs()));
        }
        if (quorum.peers().failing(leaderId, quorum.now())) {
            quorum.askForLeader(leaderId);
        }
    }

    /** After this leader has answered, and then once in each fetch timeout. */
    private boolean updates(Quorum quorum) {
        return heard
                && quorum.now() >= updateAt
                && quorum.isMisdescribed()
                && quorum.peers().ready(leaderId, quorum.now());
    }

    @Override
    void onVoterChanged(Quorum quorum, int from, VoterChangeResponse response) {
        if (from == leaderId && response.error() == Errors.NONE) {
            hear(quorum);
        }
    }

    @Override
    void onRecords(Quorum quorum, int from, FetchResponse response) {
        if (from != leaderId || response.error() != Errors.NONE) {
            quorum.peers().backOff(from, quorum.now());
            return;
        }
        hear(quorum);
        long fetched = quorum.log().endOffset();
        if (response.diverging().isPresent()) {
            quorum.truncate(response.diverging().get());
        } else if (response.snapshotId().isPresent()) {
            load = response.snapshotId()
                    .filter(id -> id.offset() > quorum.highWatermark())
                    .map(SnapshotLoad::new);
        } else {
            response.batches().forEach(quorum::appendFetched);
            quorum.moveHighWatermark(
                    Math.min(response.highWatermark(), quorum.log().endOffset()));
            if (response.highWatermark() >= 0 && fetched >= response.highWatermark()) {
                quorum.caughtUp();
            }
        }
    }

    @Override
    void onSnapshot(Quorum quorum, int from, FetchSnapshotResponse response) {
        if (from != leaderId || load.isEmpty()) {
            return;
        }
        if (response.error() != Errors.NONE || !load.get().take(quorum, response)) {
            load = Optional.empty();
            quorum.peers().backOff(from, quorum.now());
            return;
        }
        hear(quorum);
    }

    /** The snapshot is in place; what follows it is fetched as usual. */
    void loaded() {
        load = Optional.empty();
    }

    private void hear(Quorum quorum) {
        heard = true;
        doubted = false;
        standAt = quorum.fetchDeadline();
        quorum.settled();
    }
}
