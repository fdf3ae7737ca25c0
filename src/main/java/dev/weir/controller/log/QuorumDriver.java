package dev.weir.controller.log;

import dev.weir.metadata.record.UnsupportedRecordException;
import dev.weir.quorum.Asker;
import dev.weir.quorum.LogBatch;
import dev.weir.quorum.QuorumAnswer;
import dev.weir.quorum.QuorumCore;
import dev.weir.quorum.QuorumEffect;
import dev.weir.quorum.QuorumEvent;
import dev.weir.quorum.QuorumRequest;
import dev.weir.quorum.QuorumView;
import dev.weir.quorum.VoterSet;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.common.protocol.Errors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Feeds the quorum's core with events and carries out its effects in order, all of them before the next event. Owned by one
 * thread.
 *
 * <p>After a failed write or sync, a contradiction to what is committed, or a record that it is too old for, it changes nothing on the disk and tells nobody
 * anything any more: what follows the failure in the same list of effects is dropped, and the core resigns.
 */
final class QuorumDriver {
    private static final Logger LOG = LoggerFactory.getLogger(QuorumDriver.class);

    private final DriverPorts ports;
    private final QuorumCore core;
    private final LogListener listener;
    private final LogKeeper keeper;
    private final PeerExchange peers;
    private final Deque<Incoming> queue = new ArrayDeque<>();
    private final Map<Long, ByteBuffer> fetched = new HashMap<>();
    private boolean busy;
    private boolean failed;
    private Optional<String> outdated = Optional.empty();
    private boolean toldFailure;
    private boolean ended;

    /**
     * A driver that has not started yet.
     *
     * @param found what the directory holds
     */
    QuorumDriver(
            QuorumSetup setup,
            DriverPorts ports,
            MetadataLogStore store,
            LogRecovery.Found found,
            LogListener listener,
            DriverRules rules)
            throws IOException {
        this.ports = ports;
        this.listener = listener;
        core = new QuorumCore(
                setup.settings(),
                setup.self(),
                found.configured(),
                setup.clusterId(),
                found.state(),
                found.log(),
                ports.chance());
        keeper = new LogKeeper(setup.me(), ports, store, found.voters(), this::take, this::fail, rules);
        peers = new PeerExchange(ports, store);
    }

    void start() {
        busy = true;
        try {
            carryOut(core.start(now()));
            tellFailure();
            drain();
        } finally {
            busy = false;
        }
        listener.settled();
    }

    /** Takes an event in. */
    void take(QuorumEvent event) {
        take(new Incoming(event, List.of()));
    }

    private void take(Incoming incoming) {
        if (ended) {
            return;
        }
        queue.add(incoming);
        if (busy) {
            return;
        }
        busy = true;
        try {
            drain();
        } finally {
            busy = false;
        }
        listener.settled();
    }

    /** Takes a peer's request in. */
    void request(QuorumRequest request, Asker asker, PeerRequest caller) {
        if (failed || ended) {
            caller.failed(Errors.BROKER_NOT_AVAILABLE);
        } else {
            take(new QuorumEvent.Requested(peers.incoming(caller), asker, request));
        }
    }

    /** Appends a decision of this leader as one batch; {@code bytes} begin at {@link #endOffset} in {@link #epoch}. */
    void propose(int count, ByteBuffer bytes) {
        if (busy) {
            throw new IllegalStateException("a decision while effects are carried out");
        }
        take(new QuorumEvent.Proposed(core.epoch(), count, new RawBytes(bytes)));
    }

    boolean leads() {
        return core.leads() && !failed;
    }

    /** Whether this replica takes no more part until it is opened again. */
    boolean failed() {
        return failed;
    }

    /** Of a failed replica, what it does not understand because it is too old; empty if it has failed for something else. */
    Optional<String> outdated() {
        return outdated;
    }

    int epoch() {
        return core.epoch();
    }

    int leaderId() {
        return core.leaderId();
    }

    long endOffset() {
        return core.endOffset();
    }

    long toldSynced() {
        return core.syncedOffset();
    }

    long highWatermark() {
        return core.highWatermark();
    }

    VoterSet voters() {
        return core.voters();
    }

    LogKeeper keeper() {
        return keeper;
    }

    QuorumView view() {
        return core.view(ports.wallMs().getAsLong());
    }

    /** Takes no events any more. Runs {@code whenIdle} as soon as no sync is under way. */
    void end(Runnable whenIdle) {
        ended = true;
        keeper.end(whenIdle);
        peers.fail(Errors.BROKER_NOT_AVAILABLE);
    }

    private void drain() {
        for (Incoming next = queue.poll(); next != null && !ended; next = queue.poll()) {
            fetched.clear();
            peers.forgetReads();
            next.batches().forEach(batch -> fetched.put(batch.batch().baseOffset(), batch.bytes()));
            carryOut(core.handle(next.event(), now()));
            tellFailure();
        }
    }

    private void tellFailure() {
        if (failed && !toldFailure) {
            toldFailure = true;
            carryOut(core.handle(new QuorumEvent.LogFailed(), now()));
            peers.fail(Errors.BROKER_NOT_AVAILABLE);
        }
    }

    private void carryOut(List<QuorumEffect> effects) {
        for (int i = 0; i < effects.size(); i++) {
            QuorumEffect effect = effects.get(i);
            if (effect instanceof QuorumEffect.Persist && isReplaced(effects, i)) {
                continue;
            }
            try {
                carryOut(effect);
            } catch (IOException | RuntimeException e) {
                fail(e);
            }
        }
    }

    /** Whether another state is persisted before anybody can see that this one was not. */
    private static boolean isReplaced(List<QuorumEffect> effects, int at) {
        for (int i = at + 1; i < effects.size(); i++) {
            QuorumEffect next = effects.get(i);
            if (next instanceof QuorumEffect.Persist) {
                return true;
            }
            if (!(next instanceof QuorumEffect.LeaderChanged)) {
                return false;
            }
        }
        return false;
    }

    private void carryOut(QuorumEffect effect) throws IOException {
        if (effect instanceof QuorumEffect.Resigned) {
            listener.resigned();
        } else if (effect instanceof QuorumEffect.HighWatermarkMoved moved) {
            listener.committed(moved.offset());
        } else if (effect instanceof QuorumEffect.LeaderChanged changed) {
            if (changed.leaderId() < 0) {
                LOG.info("The metadata quorum is in epoch {}, which has no leader yet", changed.epoch());
            } else {
                LOG.info("The metadata quorum is in epoch {}, led by {}", changed.epoch(), changed.leaderId());
            }
        } else if (effect instanceof QuorumEffect.VoterWentBack voter) {
            LOG.error(
                    "Voter {} had acknowledged the metadata log up to {} and now ends at {}: its disk has lost records",
                    voter.voter(),
                    voter.acknowledged(),
                    voter.fetchOffset());
        } else if (!failed) {
            change(effect);
        }
    }

    /** What a replica whose log has failed must not do any more. */
    private void change(QuorumEffect effect) throws IOException {
        if (effect instanceof QuorumEffect.Persist persist) {
            keeper.persist(persist.state());
        } else if (effect instanceof QuorumEffect.NameCluster name) {
            ports.naming().name(name.clusterId());
            listener.named(name.clusterId());
        } else if (effect instanceof QuorumEffect.Append append) {
            append(append.batch());
        } else if (effect instanceof QuorumEffect.TruncateTo cut) {
            keeper.truncateTo(cut.endOffset());
            listener.truncated();
        } else if (effect instanceof QuorumEffect.Send send) {
            peers.send(send, core.voters(), this::take);
        } else if (effect instanceof QuorumEffect.Answer answer) {
            peers.answer(answer.requestId(), QuorumAnswer.of(answer.response()));
        } else if (effect instanceof QuorumEffect.AnswerRecords answer) {
            peers.answer(answer);
        } else if (effect instanceof QuorumEffect.AnswerSnapshot answer) {
            peers.answer(answer);
        } else if (effect instanceof QuorumEffect.BecameLeader leads) {
            listener.leads(leads.epoch(), leads.epochStartOffset());
        } else if (effect instanceof QuorumEffect.StoreSnapshot store) {
            keeper.stage(store.chunk());
        } else if (effect instanceof QuorumEffect.InstallSnapshot install) {
            install(install);
        } else if (effect instanceof QuorumEffect.CaughtUp) {
            keeper.caughtUp();
        } else if (effect instanceof QuorumEffect.Halt halt) {
            LOG.error("This broker's replica of the metadata log stops: {}", halt.reason());
            failed = true;
        }
    }

    private void append(LogBatch batch) throws IOException {
        ByteBuffer raw = fetched.get(batch.baseOffset());
        ByteBuffer bytes =
                raw == null ? MetadataBatches.encode(batch, ports.wallMs().getAsLong()) : raw;
        keeper.append(batch, bytes);
        listener.appended(new LoggedBatch(batch, bytes));
    }

    private void install(QuorumEffect.InstallSnapshot install) throws IOException {
        var content = keeper.install(install.snapshotId());
        if (content.isEmpty()) {
            queue.addFirst(new Incoming(new QuorumEvent.SnapshotRefused(install.snapshotId()), List.of()));
            return;
        }
        listener.installed(install.snapshotId(), content.get());
        queue.addFirst(new Incoming(
                new QuorumEvent.SnapshotInstalled(
                        install.snapshotId(), content.get().voters()),
                List.of()));
    }

    private void fail(Exception cause) {
        if (!failed) {
            failed = true;
            say(cause);
        }
        if (!busy) {
            busy = true;
            try {
                tellFailure();
                drain();
            } finally {
                busy = false;
            }
            listener.settled();
        }
    }

    private void say(Exception cause) {
        if (cause instanceof UnsupportedRecordException newer) {
            outdated = Optional.of(String.valueOf(newer.getMessage()));
            LOG.error("This replica of the metadata log cannot go on: {}", newer.getMessage());
            return;
        }
        String what = "The metadata log cannot be written, and this replica takes no part until it is opened again";
        if (cause instanceof IOException) {
            LOG.error("{}: {}", what, cause.toString());
        } else {
            LOG.error(what, cause);
        }
    }

    private long now() {
        return ports.monotonicMs().getAsLong();
    }

    /**
     * An event with the bytes of the batches in it, which go into the log as they are.
     *
     * @param batches that the event brings
     */
    record Incoming(QuorumEvent event, List<LoggedBatch> batches) {}
}
