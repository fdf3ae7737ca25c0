package dev.weir.quorum;

import dev.weir.quorum.DecisionLine.Decision;
import dev.weir.quorum.QuorumEffect.Answer;
import dev.weir.quorum.QuorumEffect.AnswerRecords;
import dev.weir.quorum.QuorumEffect.AnswerSnapshot;
import dev.weir.quorum.QuorumEffect.Append;
import dev.weir.quorum.QuorumEffect.BecameLeader;
import dev.weir.quorum.QuorumEffect.CaughtUp;
import dev.weir.quorum.QuorumEffect.Halt;
import dev.weir.quorum.QuorumEffect.HighWatermarkMoved;
import dev.weir.quorum.QuorumEffect.InstallSnapshot;
import dev.weir.quorum.QuorumEffect.NameCluster;
import dev.weir.quorum.QuorumEffect.Persist;
import dev.weir.quorum.QuorumEffect.Resigned;
import dev.weir.quorum.QuorumEffect.Send;
import dev.weir.quorum.QuorumEffect.StoreSnapshot;
import dev.weir.quorum.QuorumEffect.TruncateTo;
import dev.weir.quorum.QuorumRequest.Vote;
import dev.weir.quorum.QuorumResponse.FetchSnapshotResponse;
import dev.weir.quorum.QuorumResponse.VoteResponse;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.common.protocol.Errors;

/** One replica in the simulation: the core, the controller behind it, and the driver that carries effects out. */
final class SimNode {
    final int id;
    private final QuorumSimulation simulation;
    private final Map<Long, Caller> callers = new HashMap<>();
    SimDisk disk;
    QuorumCore core;
    private DecisionLine<Image, Proposal> line;
    private Optional<SimDisk.Snapshot> loading = Optional.empty();
    private Optional<Proposal> deciding = Optional.empty();
    private long requests;
    private long syncGeneration;
    boolean running;
    boolean halted;
    boolean leading;
    boolean syncing;
    int life;
    int address;
    long clockOffset;
    long pausedUntil;

    SimNode(int id, QuorumSimulation simulation) {
        this.id = id;
        this.simulation = simulation;
        disk = simulation.newDisk(id);
    }

    void start(VoterSet configured) {
        life++;
        address = simulation.address(address);
        running = true;
        halted = false;
        leading = false;
        syncing = false;
        callers.clear();
        loading = Optional.empty();
        deciding = Optional.empty();
        if (disk.endOffset < disk.snapshot.id().offset()) {
            disk.install(disk.snapshot);
        }
        disk.syncedOffset = disk.endOffset;
        simulation.oracle.synced(disk.key, disk.log, disk.endOffset);
        line = new DecisionLine<>(disk.snapshot.image(), disk.snapshot.id().offset());
        followLog();
        core = new QuorumCore(
                simulation.settings,
                self(),
                configured,
                disk.clusterId,
                simulation.remembered(disk),
                disk.recovered(),
                simulation::chance,
                simulation.rules());
        carryOut(core.start(time()));
    }

    /** This replica as a voter, at the address that it has now. */
    Voter self() {
        return new Voter(
                disk.key,
                List.of(new Voter.Endpoint("C", "host" + id, 1 + address)),
                new Voter.Levels((short) (address % 2), (short) 1));
    }

    long time() {
        return simulation.now + clockOffset;
    }

    void take(QuorumEvent event) {
        carryOut(core.handle(event, time()));
    }

    void request(QuorumRequest request, int from, int addressed, int fromLife, long correlationId) {
        long requestId = ++requests;
        callers.put(requestId, new Caller(from, addressed, fromLife, correlationId, request));
        take(new QuorumEvent.Requested(requestId, new Asker(from, simulation.isRegistered(from)), request));
    }

    /** A client asks the controller here; one in four asks for nothing new. */
    void decide(long value) {
        if (!core.leads() || line.decidedEnd() != core.endOffset()) {
            return;
        }
        simulation.oracle.check(
                line.decided().equals(replay(line.decidedEnd())), this + " decides on an image that is not its log's");
        if (value % 4 == 0) {
            if (simulation.mistake == QuorumMistake.ANSWER_WITHOUT_RECORDS_AT_ONCE) {
                simulation.oracle.answered(this, -1, line.decided());
            }
            line.decideNothing(new Proposal(value));
            release(line.onHighWatermark(core.highWatermark()));
            return;
        }
        deciding = Optional.of(new Proposal(value));
        take(new QuorumEvent.Proposed(core.epoch(), 1 + (int) (value % 3), new Image.Command(value)));
    }

    void synced(int syncLife, long offset) {
        if (running && syncLife == life && syncing) {
            syncing = false;
            disk.syncedOffset = Math.max(disk.syncedOffset, Math.min(offset, disk.endOffset));
            simulation.oracle.synced(disk.key, disk.log, disk.syncedOffset);
            take(new QuorumEvent.Synced(disk.syncedOffset));
            syncSoon();
        }
    }

    void snapshot() {
        long end = line.committedEnd();
        int epoch = disk.epochBefore(end);
        if (end > disk.snapshot.id().offset() && epoch > 0 && end <= disk.syncedOffset) {
            VoterSet voters = disk.votersAt(end);
            OffsetAndEpoch snapshotId = new OffsetAndEpoch(end, epoch);
            long newStart = Math.max(disk.startOffset, end - simulation.chance(6));
            disk.snapshotTo(new SimDisk.Snapshot(snapshotId, line.committed(), voters), newStart);
            take(new QuorumEvent.SnapshotWritten(snapshotId, disk.startOffset));
        }
    }

    private void carryOut(List<QuorumEffect> effects) {
        for (QuorumEffect effect : effects) {
            if (simulation.crashesNow(this)) {
                return;
            }
            carryOut(effect);
            if (!running) {
                return;
            }
        }
    }

    private void carryOut(QuorumEffect effect) {
        if (effect instanceof Persist persist) {
            simulation.persist(this, persist.state());
        } else if (effect instanceof NameCluster name) {
            simulation.name(this, name.clusterId());
        } else if (effect instanceof Append append) {
            append(append.batch());
        } else if (effect instanceof TruncateTo cut) {
            simulation.oracle.truncated(disk.key, cut.endOffset(), core.highWatermark());
            disk.truncateTo(cut.endOffset());
            syncing = false;
            fallBack();
            syncSoon();
        } else if (effect instanceof Send send) {
            if (send.request() instanceof Vote vote && !vote.preVote()) {
                simulation.oracle.votes(vote.epoch(), disk.key, disk.key);
            }
            simulation.send(this, send);
        } else if (effect instanceof Answer answer) {
            respond(answer.requestId(), answer.response());
        } else if (effect instanceof AnswerRecords answer) {
            List<LogBatch> records = disk.from(answer.fetchOffset());
            respond(answer.requestId(), answer.head().with(records.subList(0, Math.min(5, records.size()))));
        } else if (effect instanceof AnswerSnapshot answer) {
            respond(answer.requestId(), chunk(answer.head()));
        } else if (effect instanceof HighWatermarkMoved moved) {
            simulation.oracle.commits(this, line.committedEnd(), moved.offset());
            release(line.onHighWatermark(moved.offset()));
        } else if (effect instanceof BecameLeader leads) {
            simulation.oracle.votes(leads.epoch(), disk.key, disk.key);
            simulation.oracle.leads(leads.epoch(), disk.key);
            leading = true;
        } else if (effect instanceof Resigned) {
            leading = false;
            fallBack();
        } else if (effect instanceof StoreSnapshot store) {
            loading = store.chunk().data().map(SimDisk.Snapshot.class::cast);
        } else if (effect instanceof InstallSnapshot install) {
            install(install.snapshotId());
        } else if (effect instanceof CaughtUp) {
            disk.lostSynced = false;
        } else if (effect instanceof Halt) {
            halted = true;
            simulation.oracle.check(simulation.restores, this + " halts");
        }
    }

    private void append(LogBatch batch) {
        simulation.oracle.check(disk.clusterId.isPresent(), this + " appends before it keeps the cluster's id");
        simulation.oracle.appended(disk.key, batch, disk.epochBefore(disk.endOffset));
        if (simulation.restores && batch.baseOffset() != disk.endOffset) {
            running = false;
            return;
        }
        disk.append(batch);
        if (batch.endOffset() > line.decidedEnd()) {
            Image image = line.decided().with(batch);
            if (deciding.isPresent() && batch.content() instanceof LogBatch.Records) {
                line.decide(batch.endOffset(), image, deciding.get());
                deciding = Optional.empty();
                if (simulation.mistake == QuorumMistake.ANSWER_BEFORE_COMMIT) {
                    simulation.oracle.answered(this, batch.baseOffset(), image);
                }
            } else {
                line.follow(batch.endOffset(), image);
            }
        }
        if (simulation.mistake == QuorumMistake.LEADER_COUNTS_UNSYNCED && core.leads()) {
            simulation.later(0, () -> simulation.deliver(this, life, new QuorumEvent.Synced(batch.endOffset())));
        }
        syncSoon();
    }

    private void syncSoon() {
        if (!syncing && disk.syncedOffset < disk.endOffset) {
            syncing = true;
            int syncLife = life;
            long offset = disk.endOffset;
            long generation = ++requests;
            syncGeneration = generation;
            simulation.later(simulation.syncDelay(), () -> {
                if (syncGeneration == generation) {
                    synced(syncLife, offset);
                }
            });
        }
    }

    private void fallBack() {
        deciding = Optional.empty();
        if (simulation.mistake == QuorumMistake.CONTROLLER_KEEPS_THE_UNCOMMITTED) {
            return;
        }
        line.onResign();
        followLog();
    }

    private void followLog() {
        for (LogBatch batch : disk.from(line.committedEnd())) {
            line.follow(batch.endOffset(), line.decided().with(batch));
        }
    }

    private void release(List<Decision<Image, Proposal>> released) {
        for (Decision<Image, Proposal> decision : released) {
            if (decision.changed()) {
                simulation.oracle.published(this, decision.image());
            }
            if (decision.answer().isPresent()) {
                simulation.oracle.answered(this, decision.endOffset(), decision.image());
                simulation.answers++;
            }
        }
    }

    private void install(OffsetAndEpoch snapshotId) {
        SimDisk.Snapshot loaded = loading.orElseThrow();
        disk.install(loaded);
        syncing = false;
        line = new DecisionLine<>(loaded.image(), snapshotId.offset());
        simulation.oracle.published(this, loaded.image());
        take(new QuorumEvent.SnapshotInstalled(snapshotId, loaded.voters()));
    }

    private FetchSnapshotResponse chunk(FetchSnapshotResponse head) {
        boolean here = disk.snapshot.id().equals(head.snapshotId()) && head.position() < 2;
        return new FetchSnapshotResponse(
                here ? head.error() : Errors.SNAPSHOT_NOT_FOUND,
                head.epoch(),
                head.leaderId(),
                head.snapshotId(),
                head.position(),
                here ? 1 : 0,
                2,
                here ? Optional.of(disk.snapshot) : Optional.empty());
    }

    private void respond(long requestId, QuorumResponse response) {
        Caller caller = callers.remove(requestId);
        if (caller.request() instanceof Vote vote
                && response instanceof VoteResponse answer
                && answer.granted()
                && !vote.preVote()) {
            simulation.oracle.votes(vote.epoch(), disk.key, vote.candidate());
            simulation.voted(this);
        }
        simulation.respond(this, caller, response);
    }

    VoterSet votersOnDisk() {
        VoterSet voters = disk.votersAt(disk.endOffset);
        return voters.size() > 0 ? voters : simulation.configured;
    }

    private Image replay(long offset) {
        Image image = disk.snapshot.image();
        for (LogBatch batch : disk.from(disk.snapshot.id().offset())) {
            if (batch.endOffset() <= offset) {
                image = image.with(batch);
            }
        }
        return image;
    }

    @Override
    public String toString() {
        return "[" + core + "]";
    }

    record Caller(int node, int addressed, int life, long correlationId, QuorumRequest request) {}

    record Proposal(long value) {}
}
