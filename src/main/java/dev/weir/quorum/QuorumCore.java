package dev.weir.quorum;

import dev.weir.quorum.QuorumEvent.LeaderLost;
import dev.weir.quorum.QuorumEvent.LogFailed;
import dev.weir.quorum.QuorumEvent.Proposed;
import dev.weir.quorum.QuorumEvent.Requested;
import dev.weir.quorum.QuorumEvent.Responded;
import dev.weir.quorum.QuorumEvent.SnapshotInstalled;
import dev.weir.quorum.QuorumEvent.SnapshotRefused;
import dev.weir.quorum.QuorumEvent.SnapshotWritten;
import dev.weir.quorum.QuorumEvent.Stopping;
import dev.weir.quorum.QuorumEvent.Synced;
import dev.weir.quorum.QuorumEvent.Unanswered;
import dev.weir.quorum.QuorumResponse.EpochResponse;
import dev.weir.quorum.QuorumResponse.FetchResponse;
import dev.weir.quorum.QuorumResponse.FetchSnapshotResponse;
import dev.weir.quorum.QuorumResponse.VoteResponse;
import dev.weir.quorum.QuorumResponse.VoterChangeResponse;
import java.util.List;
import java.util.Optional;
import java.util.function.IntUnaryOperator;

/**
 * One replica of the metadata log, voter or observer, as KRaft has it (KIP-595, 630, 853, 996, 1166): an event in, a list of
 * effects out. It has no clock, thread, file or randomness of its own. One instance is one life of a process; a restart makes
 * a new one from what is on the disk. Owned by its driver, on one thread.
 *
 * <p>One voter alone runs the same code, and leads when {@link #start} returns.
 */
public final class QuorumCore {
    private final Quorum quorum;
    private final RequestAnswers requests;

    /**
     * A replica that has not started yet.
     *
     * @param self its id, the id of its directory and where it listens; the directory gets a new id whenever it has no {@code
     *     quorum-state}
     * @param configured the voters that count until the log names others
     * @param clusterId empty if the first leader is to make it
     * @param found what this directory has promised; empty if it is new
     * @param log the log in the directory
     * @param chance a random number from 0 to below the one it is given
     */
    public QuorumCore(
            QuorumSettings settings,
            Voter self,
            VoterSet configured,
            Optional<String> clusterId,
            Optional<ElectionState> found,
            RecoveredLog log,
            IntUnaryOperator chance) {
        this(settings, self, configured, clusterId, found, log, chance, new SafetyRules());
    }

    QuorumCore(
            QuorumSettings settings,
            Voter self,
            VoterSet configured,
            Optional<String> clusterId,
            Optional<ElectionState> found,
            RecoveredLog log,
            IntUnaryOperator chance,
            SafetyRules rules) {
        QuorumLog shape = new QuorumLog(log, configured);
        boolean forgotten = found.isEmpty() && shape.endOffset() > 0;
        boolean alone = shape.voters().isOnly(self.key());
        quorum = new Quorum(
                settings,
                self,
                new ClusterName(clusterId),
                shape,
                found.orElse(ElectionState.INITIAL),
                (log.lostSynced() || forgotten) && !alone,
                rules,
                chance);
        requests = new RequestAnswers(quorum);
    }

    /** Begins, in the role that the disk allows. */
    public List<QuorumEffect> start(long nowMs) {
        quorum.startAt(nowMs);
        FirstRole.take(quorum);
        quorum.act();
        return quorum.takeEffects();
    }

    /**
     * Takes an event in.
     *
     * @param nowMs a monotonic time
     */
    public List<QuorumEffect> handle(QuorumEvent event, long nowMs) {
        quorum.advanceTo(nowMs);
        if (quorum.out()) {
            if (event instanceof Requested asked) {
                requests.refuse(asked.requestId(), asked.request());
            }
            return quorum.takeEffects();
        }
        take(event);
        if (!quorum.out()) {
            quorum.act();
        }
        return quorum.takeEffects();
    }

    /** The newest epoch. */
    public int epoch() {
        return quorum.role().epoch();
    }

    /** The leader of that epoch, or -1. */
    public int leaderId() {
        return quorum.role().leaderId();
    }

    /** Whether this replica leads. */
    public boolean leads() {
        return quorum.role() instanceof Leader;
    }

    /** Whether this replica takes part; it does until its log fails, or contradicts what is committed. */
    public boolean takesPart() {
        return !quorum.out();
    }

    /**
     * The quorum as this replica sees it.
     *
     * @param wallMs wall clock
     */
    public QuorumView view(long wallMs) {
        List<QuorumView.Progress> voters = List.of();
        List<QuorumView.Progress> observers = List.of();
        if (quorum.role() instanceof Leader leader) {
            voters = leader.replication().voters(quorum, wallMs);
            observers = leader.replication().observers(quorum, wallMs);
        }
        long known = highWatermark() > 0 ? highWatermark() : -1;
        return new QuorumView(epoch(), leaderId(), leads(), known, voters(), voters, observers);
    }

    /** The end of the log. */
    public long endOffset() {
        return quorum.log().endOffset();
    }

    /** The offset below which everything is on the disk, as far as this replica was told. */
    public long syncedOffset() {
        return quorum.log().syncedOffset();
    }

    /** The newest offset below which everything is committed, as far as this replica knows; it never falls. */
    public long highWatermark() {
        return quorum.highWatermark();
    }

    /** The voters that count here now, also if their record is not committed yet. */
    public VoterSet voters() {
        return quorum.log().voters();
    }

    @Override
    public String toString() {
        return quorum.me().id() + " " + quorum.role().getClass().getSimpleName() + " in " + epoch() + " of "
                + leaderId()
                + ", end " + quorum.log().end() + ", synced " + quorum.log().syncedOffset() + ", hw " + highWatermark()
                + ", voters " + voters();
    }

    private void take(QuorumEvent event) {
        if (event instanceof Requested asked) {
            requests.answer(asked);
        } else if (event instanceof Responded answered) {
            take(answered);
        } else if (event instanceof Unanswered lost) {
            quorum.peers().failed(lost.to(), lost.correlationId(), quorum.now());
        } else if (event instanceof Synced synced) {
            quorum.log().synced(synced.endOffset());
            if (quorum.role() instanceof Leader leader) {
                leader.advance(quorum);
            }
        } else if (event instanceof Proposed proposed) {
            if (quorum.role() instanceof Leader leader && leader.epoch() == proposed.epoch()) {
                leader.append(quorum, proposed.count(), new LogBatch.Records(proposed.data()));
            }
        } else if (event instanceof SnapshotWritten written) {
            quorum.log().snapshotWritten(written.snapshotId(), written.logStartOffset());
        } else if (event instanceof SnapshotInstalled installed) {
            install(installed);
        } else if (event instanceof SnapshotRefused) {
            if (quorum.role() instanceof Follower follower) {
                follower.loaded();
                quorum.peers().backOff(follower.leaderId(), quorum.now());
            }
        } else if (event instanceof LeaderLost lost) {
            quorum.role().onLeaderLost(quorum, lost.leaderId(), lost.rank());
        } else if (event instanceof Stopping) {
            quorum.stopping();
            resign();
        } else if (event instanceof LogFailed) {
            resign();
            quorum.act();
            quorum.leave();
        }
    }

    private void take(Responded answered) {
        QuorumResponse response = answered.response();
        if (quorum.peers().answered(answered.from(), answered.correlationId()).isEmpty()
                || quorum.isReplaced(response.epoch(), response.leaderId())) {
            return;
        }
        if (!quorum.learn(response.epoch(), response.leaderId())) {
            // It has not come to this epoch yet; asking at once would be asking without end.
            quorum.peers().backOff(answered.from(), quorum.now());
            return;
        }
        if (response instanceof VoteResponse vote) {
            quorum.role().onVote(quorum, answered.from(), vote);
        } else if (response instanceof EpochResponse epoch) {
            quorum.role().onEpoch(quorum, answered.from(), epoch);
        } else if (response instanceof FetchResponse records) {
            quorum.role().onRecords(quorum, answered.from(), records);
        } else if (response instanceof FetchSnapshotResponse snapshot) {
            quorum.role().onSnapshot(quorum, answered.from(), snapshot);
        } else if (response instanceof VoterChangeResponse change) {
            quorum.role().onVoterChanged(quorum, answered.from(), change);
        }
    }

    private void install(SnapshotInstalled installed) {
        if (quorum.role() instanceof Follower follower) {
            quorum.log().resetTo(installed.snapshotId(), installed.voters());
            quorum.moveHighWatermark(installed.snapshotId().offset());
            follower.loaded();
        }
    }

    private void resign() {
        if (quorum.role() instanceof Leader leader) {
            leader.resign(quorum);
        }
    }
}
