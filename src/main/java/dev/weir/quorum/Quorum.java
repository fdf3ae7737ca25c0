package dev.weir.quorum;

import dev.weir.quorum.QuorumRequest.Fetch;
import dev.weir.quorum.QuorumRequest.Vote;
import dev.weir.quorum.QuorumResponse.FetchResponse;
import dev.weir.quorum.QuorumResponse.VoterChangeResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.IntUnaryOperator;
import java.util.function.Predicate;
import org.apache.kafka.common.protocol.Errors;

/**
 * The state of one replica that outlives its roles, and the steps between roles. Its time runs by events: silence longer than a
 * tick is a pause of this process, in which it has heard nobody, and counts as one tick.
 */
final class Quorum {
    /** More than a voter misses while it is away: about a year of an election every two seconds. */
    private static final int MOST_EPOCHS_AHEAD = 1 << 24;
    /** So many fetch timeouts are long: an election takes two or three. */
    private static final int LONELY_FETCH_TIMEOUTS = 10;

    private final QuorumSettings settings;
    private final Voter self;
    private final ClusterName cluster;
    private final QuorumLog log;
    private final SafetyRules rules;
    private final IntUnaryOperator chance;
    private final Peers peers;
    private final EpochAllowance allowance = new EpochAllowance();
    private final List<QuorumEffect> effects = new ArrayList<>();
    private ElectionState persisted;
    private Role role;
    private long lastTime;
    private long now;
    private long highWatermark;
    private long leaderSeen;
    private int lostElections;
    private boolean lostSynced;
    private boolean out;
    private boolean stopping;

    Quorum(
            QuorumSettings settings,
            Voter self,
            ClusterName cluster,
            QuorumLog log,
            ElectionState found,
            boolean lostSynced,
            SafetyRules rules,
            IntUnaryOperator chance) {
        this.settings = settings;
        this.self = self;
        this.cluster = cluster;
        this.log = log;
        this.rules = rules;
        this.chance = chance;
        this.lostSynced = lostSynced;
        peers = new Peers(settings);
        persisted = found;
        highWatermark = log.snapshotId().offset();
        role = new Unattached(found.epoch(), found.voted(), 0);
    }

    QuorumSettings settings() {
        return settings;
    }

    ReplicaKey me() {
        return self.key();
    }

    /** This replica as a voter, as it is now. */
    Voter self() {
        return self;
    }

    /** Whether this replica is a voter of which the log says what is not so any more. */
    boolean isMisdescribed() {
        VoterSet voters = log.voters();
        return voters.pinned()
                && voters.contains(me())
                && !voters.voter(me().id()).equals(Optional.of(self));
    }

    ClusterName cluster() {
        return cluster;
    }

    QuorumLog log() {
        return log;
    }

    SafetyRules rules() {
        return rules;
    }

    Peers peers() {
        return peers;
    }

    Role role() {
        return role;
    }

    /** The promises on the disk. */
    ElectionState promised() {
        return persisted;
    }

    long now() {
        return now;
    }

    long highWatermark() {
        return highWatermark;
    }

    /** Whether this replica takes no more part: its log has failed, or contradicts the leader's. */
    boolean out() {
        return out;
    }

    /** Whether a vote of this replica is worth anything. */
    boolean mayVote() {
        return !out && !lostSynced;
    }

    /**
     * Whether this replica may stand: a voter, or one whose removal may not be committed yet. The latter may have the longest
     * log, without which nobody else is elected.
     */
    boolean mayStand() {
        boolean voter = log.voters().contains(me())
                || (log.votersOffset() >= highWatermark && log.votersBefore().contains(me()));
        return voter && mayVote() && !stopping && log.synced();
    }

    void advanceTo(long time) {
        now += Math.max(0, Math.min(time - lastTime, settings.tickMs()));
        lastTime = time;
    }

    void startAt(long time) {
        lastTime = time;
        now = 0;
    }

    List<QuorumEffect> takeEffects() {
        List<QuorumEffect> taken = List.copyOf(effects);
        effects.clear();
        return taken;
    }

    void emit(QuorumEffect effect) {
        effects.add(effect);
    }

    // ---- deadlines

    long electionDeadline() {
        return now + settings.electionTimeoutMs() + chance.applyAsInt(settings.electionTimeoutMs());
    }

    long fetchDeadline() {
        return now + settings.fetchTimeoutMs();
    }

    /** A moment soon, not the same for all. */
    long shortly() {
        return now + 1 + chance.applyAsInt(2 * settings.retryBackoffMs());
    }

    /** The end of the pause after a lost election: longer and more random each time. */
    long afterBackoff() {
        lostElections = Math.min(lostElections + 1, 20);
        long bound = Math.min((long) settings.retryBackoffMs() << lostElections, settings.electionBackoffMaxMs());
        return now + settings.retryBackoffMs() + chance.applyAsInt((int) bound);
    }

    /** There is a leader: the next election is the first again. */
    void settled() {
        lostElections = 0;
        leaderSeen = now;
    }

    // ---- roles

    void become(Role next) {
        Role before = role;
        role = next;
        peers.reset();
        persist();
        before.left(this);
        if (before.epoch() != next.epoch() || before.leaderId() != next.leaderId()) {
            emit(new QuorumEffect.LeaderChanged(next.epoch(), next.leaderId()));
        }
    }

    /** Lets the role do what is due, and the role that follows from that. */
    void act() {
        Role acted;
        do {
            acted = role;
            acted.act(this);
        } while (role != acted && !out);
    }

    private void persist() {
        ElectionState state = role.state(me());
        if (!state.equals(persisted)) {
            persisted = state;
            emit(new QuorumEffect.Persist(state));
        }
    }

    void unattach(int epoch) {
        become(new Unattached(epoch, Optional.empty(), role.standsAt().orElseGet(this::electionDeadline)));
    }

    void follow(int epoch, int leaderId) {
        Optional<ReplicaKey> voted = epoch == role.epoch() ? role.voted() : Optional.empty();
        become(new Follower(epoch, leaderId, voted, fetchDeadline()));
    }

    void stand() {
        stand(false);
    }

    void stand(boolean leaderIsLost) {
        become(new Prospective(role, leaderIsLost, new Ballot(log.voters(), me()), electionDeadline()));
    }

    /**
     * Whether a request may speak of that epoch, which this replica then takes over.
     *
     * @param speaker the id of the replica that it names
     * @param candidate whether that replica asks for a vote
     * @return NONE; FENCED_LEADER_EPOCH if the epoch is over, INCONSISTENT_VOTER_SET if nobody of that id has a say here,
     *     INVALID_REQUEST if it is further ahead than requests may go
     */
    Errors admit(int speaker, Asker asker, int epoch, boolean candidate) {
        if (epoch < role.epoch()) {
            return Errors.FENCED_LEADER_EPOCH;
        }
        if (!hasASay(speaker, epoch)
                && !rules.mayHeed(asker.registered(), candidate, role.grantsPreVote(), isLonelyVoter())) {
            return Errors.INCONSISTENT_VOTER_SET;
        }
        return mayMoveTo(epoch) ? Errors.NONE : Errors.INVALID_REQUEST;
    }

    /** Takes the way to that epoch, which is not over, from the allowance; false if it is too far. */
    boolean mayMoveTo(int epoch) {
        return allowance.take((long) epoch - role.epoch(), now);
    }

    /** Whether a replica of that id is a voter, was one before the newest change, or has this replica's vote. */
    private boolean hasASay(int id, int epoch) {
        return log.voters().voter(id).isPresent()
                || log.votersBefore().voter(id).isPresent()
                || (epoch == role.epoch()
                        && role.voted().filter(key -> key.id() == id).isPresent());
    }

    /** Whether this is a voter that has heard of no leader for long: its vote may be missing somewhere. */
    private boolean isLonelyVoter() {
        return isLong(now - leaderSeen) && log.voters().contains(me());
    }

    /** Whether that is far longer than an election takes. */
    boolean isLong(long ms) {
        return ms > (long) LONELY_FETCH_TIMEOUTS * settings.fetchTimeoutMs();
    }

    /**
     * Whether elections cannot have led to this epoch. An epoch never goes back, so a single damaged message would otherwise
     * use up all of them, on every voter and for ever.
     */
    private boolean isTooFarAhead(int epoch) {
        return (long) epoch - role.epoch() > MOST_EPOCHS_AHEAD;
    }

    /** Whether an epoch follows this one. Without one, this replica stops: going round would elect a second leader in an epoch. */
    boolean hasNextEpoch() {
        if (role.epoch() < Integer.MAX_VALUE) {
            return true;
        }
        leave();
        emit(new QuorumEffect.Halt("no epoch of the metadata quorum follows " + role.epoch()));
        return false;
    }

    void becomeCandidate() {
        if (!hasNextEpoch()) {
            return;
        }
        become(new Candidate(role.epoch() + 1, me(), new Ballot(log.voters(), me()), electionDeadline()));
    }

    void becomeLeader(List<Integer> granting) {
        settled();
        Leader leader = new Leader(this, role.epoch(), log.endOffset());
        become(leader);
        nameCluster(Optional.of(cluster.id().orElseGet(() -> ClusterName.random(chance))));
        emit(new QuorumEffect.BecameLeader(leader.epoch(), log.endOffset()));
        leader.begin(this, granting);
    }

    /** Takes the cluster's id over, if it has none yet. */
    void nameCluster(Optional<String> id) {
        if (cluster.take(id)) {
            cluster.id().ifPresent(known -> emit(new QuorumEffect.NameCluster(known)));
        }
    }

    /**
     * Takes a peer's word for the newest epoch and its leader. Returns whether the word is of the epoch that holds now; the
     * word of an epoch that is too far ahead is none.
     */
    boolean learn(int epoch, int leaderId) {
        if (isTooFarAhead(epoch)) {
            return false;
        }
        boolean other = leaderId >= 0 && leaderId != me().id();
        if (epoch > role.epoch()) {
            if (other) {
                follow(epoch, leaderId);
            } else {
                unattach(epoch);
            }
        } else if (epoch == role.epoch() && other && role.state(me()).leaderId() < 0) {
            follow(epoch, leaderId);
        }
        return epoch == role.epoch();
    }

    /**
     * Whether another process leads as this voter, in an epoch that this one has not promised to lead; then this one stops. Two
     * processes under one key could give two votes in an epoch. A new directory is told of the voter that it was before.
     */
    boolean isReplaced(int epoch, int leaderId) {
        boolean promised = epoch < persisted.epoch()
                || (epoch == persisted.epoch()
                        && (persisted.leaderId() == me().id()
                                || persisted.voted().equals(Optional.of(me()))));
        boolean voter = log.voters().pinned() && log.voters().contains(me());
        if (leaderId != me().id() || promised || !voter || isTooFarAhead(epoch)) {
            return false;
        }
        leave();
        emit(new QuorumEffect.Halt("epoch " + epoch + " is led by another process that is voter " + me().id()
                + " as well: this directory is a copy of its directory, or an older one that was put back"));
        return true;
    }

    void stopping() {
        stopping = true;
    }

    /** Takes no more part until the process starts again. */
    void leave() {
        out = true;
    }

    void caughtUp() {
        if (lostSynced) {
            lostSynced = false;
            emit(new QuorumEffect.CaughtUp());
        }
    }

    // ---- the log

    void moveHighWatermark(long offset) {
        if (offset > highWatermark) {
            highWatermark = offset;
            emit(new QuorumEffect.HighWatermarkMoved(offset));
        }
    }

    void appendFetched(LogBatch batch) {
        if (batch.baseOffset() == log.endOffset()) {
            log.append(batch);
            emit(new QuorumEffect.Append(batch));
        }
    }

    void truncate(OffsetAndEpoch leaderEnd) {
        long point = log.truncationPoint(leaderEnd);
        if (!rules.mayTruncate(point, highWatermark)) {
            leave();
            emit(new QuorumEffect.Halt("the leader of epoch " + role.epoch() + " asks to truncate the metadata log to "
                    + point + ", below the high watermark " + highWatermark));
        } else if (point < log.endOffset()) {
            log.truncateTo(point);
            emit(new QuorumEffect.TruncateTo(point));
        }
    }

    // ---- requests and answers

    void answer(long requestId, QuorumResponse response) {
        emit(new QuorumEffect.Answer(requestId, response));
    }

    FetchResponse noFetch(Errors error) {
        return new FetchResponse(
                error, role.epoch(), role.leaderId(), -1, Optional.empty(), Optional.empty(), List.of());
    }

    VoterChangeResponse voterChange(Errors error, String message) {
        return new VoterChangeResponse(error, role.epoch(), role.leaderId(), message);
    }

    void sendIfReady(int to, QuorumRequest request) {
        if (peers.ready(to, now)) {
            emit(peers.send(to, request, now));
        }
    }

    void sendToVoters(Predicate<Voter> which, Function<Voter, QuorumRequest> request) {
        for (Voter voter : log.voters().voters()) {
            if (voter.id() != me().id() && which.test(voter)) {
                sendIfReady(voter.id(), request.apply(voter));
            }
        }
    }

    void askForVotes(Ballot ballot, boolean preVote) {
        for (Voter voter : ballot.unheard()) {
            sendIfReady(voter.id(), new Vote(me(), voter.key(), role.epoch(), log.end(), preVote, cluster.id()));
        }
    }

    /** The request that tells where this replica's log ends. */
    Fetch fetch(int maxWaitMs) {
        OffsetAndEpoch end = log.end();
        return new Fetch(me(), role.epoch(), end.offset(), end.epoch(), highWatermark, maxWaitMs);
    }

    /**
     * Asks any other voter, or a bootstrap server, who leads. A replica that does not know the cluster's id asks nobody: the answer may
     * bring records, which it could not keep. The leader tells it.
     */
    void askForLeader(int besides) {
        if (!cluster.isKnown()) {
            return;
        }
        List<Integer> others = log.voters().ids().stream()
                .filter(id -> id != me().id() && id != besides && peers.ready(id, now))
                .toList();
        if (!others.isEmpty()) {
            sendIfReady(others.get(chance.applyAsInt(others.size())), fetch(0));
        }
        // The voters may all have changed since a lonely one was away.
        if (isLonelyVoter() || (others.isEmpty() && !log.voters().contains(me()))) {
            sendIfReady(ElectionState.NOBODY, fetch(0));
        }
    }
}
