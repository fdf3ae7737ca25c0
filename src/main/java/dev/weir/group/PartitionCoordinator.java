package dev.weir.group;

import dev.weir.config.GroupConfig;
import dev.weir.coordinator.AppendErrors;
import dev.weir.coordinator.CommitWatch;
import dev.weir.coordinator.CoordinatorLoader;
import dev.weir.coordinator.CoordinatorLog;
import dev.weir.coordinator.Leadership;
import dev.weir.coordinator.RetryDelay;
import dev.weir.group.AppendQueue.Chunk;
import dev.weir.group.consumer.ConsumerGroupRules;
import dev.weir.group.core.GroupCall;
import dev.weir.group.core.GroupEffect;
import dev.weir.group.core.GroupEffect.CancelTimer;
import dev.weir.group.core.GroupEffect.Reply;
import dev.weir.group.core.GroupEffect.StartTimer;
import dev.weir.group.core.GroupEffect.TimerKey;
import dev.weir.group.core.GroupOutcome;
import dev.weir.group.record.GroupRecord;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.IntSupplier;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Drives the core of one {@code __consumer_offsets} partition while this broker leads it: loads it from the log, feeds it
 * requests and timers, appends what it decides, and lets replies go once that is committed. Owned by the coordinator verticle.
 *
 * <pre>
 *   not led ---- lead ----&gt; loading ---- end of the log ----&gt; active
 *      ^                     ^  ^ |                             | |
 *      |                     |  | '-- a read failed: again      | |
 *      |                after a while                           | |
 *      |                     |    .------ append failed, or ----' |
 *      |                     |    v       an event failed         |
 *      |                     failed &lt;---- the log is unreadable   |
 *      '-------------------- resign ------------------------------'
 * </pre>
 *
 * Not led or failed, every request is answered with NOT_COORDINATOR. Loading, it is held until the load is done, or answered
 * with COORDINATOR_LOAD_IN_PROGRESS if that takes long or too many wait. The end of the log may not be committed yet when it
 * is loaded; then replies are held, in the same bounds of time, until it is. Each attempt waits longer than the one before, up
 * to a bound, until something has been committed again. A newer epoch in which this broker leads on disturbs nothing.
 */
final class PartitionCoordinator {
    private static final Logger LOG = LoggerFactory.getLogger(PartitionCoordinator.class);
    private static final TimerKey HELD = new TimerKey("", "held-calls", "");

    private final int partition;
    private final CoordinatorLog log;
    private final Supplier<GroupCoordinatorCore> cores;
    private final GroupTimers timers;
    private final GroupCounters counters;
    private final Compression compression;
    private final LongSupplier wallMs;
    private final LongSupplier steadyMs;
    private final AppendQueue appends;
    private final RetryDelay delay = new RetryDelay();
    private final CoordinatorLoader loader;
    private final CommitWatch watch;
    private final Map<Long, PendingCall> waiting = new HashMap<>();
    private final HeldCalls held = new HeldCalls();
    private final Leadership leadership = new Leadership();
    private boolean failed;
    /** A batch that the log refused as the log knows a newer epoch already: to be appended again in that. */
    private @Nullable Chunk fenced;

    private @Nullable GroupCoordinatorCore active;
    private @Nullable GroupCoordinatorCore newest;
    private long nextRequestId;

    /** Grows whenever a core comes or goes: what was begun for another one is not followed up. */
    private int life;

    PartitionCoordinator(
            int partition,
            CoordinatorLog log,
            Supplier<GroupCoordinatorCore> cores,
            GroupTimers timers,
            GroupCounters counters,
            Compression compression,
            IntSupplier maxBatchBytes,
            LongSupplier wallMs,
            LongSupplier steadyMs) {
        this.partition = partition;
        this.log = log;
        this.cores = cores;
        this.timers = timers;
        this.counters = counters;
        this.compression = compression;
        this.wallMs = wallMs;
        this.steadyMs = steadyMs;
        this.appends = new AppendQueue(maxBatchBytes);
        this.loader = new CoordinatorLoader("Partition " + partition + " of the group log", log, delay);
        this.watch = new CommitWatch(log, leadership::epoch);
    }

    /** This broker leads the partition in this epoch; it loads unless it has led it before. */
    void lead(int leaderEpoch) {
        switch (leadership.gain(leaderEpoch)) {
            case GAINED -> {
                delay.reset();
                load();
            }
            case RAISED -> raiseEpoch();
            case STALE -> {}
        }
    }

    private void raiseEpoch() {
        loader.raiseEpoch(leadership.epoch());
        Chunk again = fenced;
        if (again != null) {
            fenced = null;
            append(again);
        }
    }

    /** Another broker leads in this epoch, or no one. */
    void resign(int leaderEpoch) {
        if (leadership.lose(leaderEpoch)) {
            end(Errors.NOT_COORDINATOR);
        }
    }

    /** The partition is gone. */
    void resign() {
        if (leadership.lose()) {
            end(Errors.NOT_COORDINATOR);
        }
    }

    /** Whether this broker leads the partition, served or not. */
    boolean leads() {
        return leadership.isLed();
    }

    boolean isLoading() {
        return leads() && active == null && !failed;
    }

    /** Null while not led or loading. */
    @Nullable
    GroupCoordinatorCore core() {
        return active;
    }

    /** Takes over settings of consumer groups, also while loading. */
    void configure(ConsumerGroupRules broker, Map<String, GroupConfig> own) {
        if (newest != null) {
            newest.onConfig(broker, own);
        }
    }

    void handle(GroupCall call, Consumer<ApiMessage> answer) {
        take(new PendingCall(call.withId(nextRequestId++), steadyMs.getAsLong(), answer));
    }

    private void take(PendingCall pending) {
        GroupCoordinatorCore core = active;
        if (core != null) {
            serve(core, pending);
        } else if (!isLoading()) {
            pending.refuse(Errors.NOT_COORDINATOR);
        } else if (held.offer(pending)) {
            timers.start(partition, HELD, held.nextMs());
        } else {
            pending.refuse(Errors.COORDINATOR_LOAD_IN_PROGRESS);
        }
    }

    private void serve(GroupCoordinatorCore core, PendingCall pending) {
        waiting.put(pending.call().requestId(), pending);
        try {
            perform(core.handle(pending.call(), wallMs.getAsLong()));
        } catch (RuntimeException e) {
            LOG.error(
                    "A group request failed, partition {} loads again: {}",
                    partition,
                    pending.call().request(),
                    e);
            restart(Errors.UNKNOWN_SERVER_ERROR);
        }
    }

    void onTimer(TimerKey key) {
        if (!key.equals(HELD)) {
            change(core -> core.onTimer(key, wallMs.getAsLong()));
            return;
        }
        held.refuseOverdue(steadyMs.getAsLong());
        if (held.nextMs() != GroupTimers.NEVER) {
            timers.start(partition, HELD, held.nextMs());
        }
    }

    /** @param changed the names of topics that came, went, grew or moved; those deleted are among them */
    void onTopicsChanged(Set<String> changed, Set<String> deleted) {
        change(core -> {
            core.onTopicsChanged(changed);
            return deleted.isEmpty() ? GroupOutcome.NOTHING : core.onTopicsDeleted(deleted, wallMs.getAsLong());
        });
    }

    private void change(Function<GroupCoordinatorCore, GroupOutcome> event) {
        GroupCoordinatorCore core = active;
        if (core == null) {
            return;
        }
        try {
            perform(event.apply(core));
        } catch (RuntimeException e) {
            LOG.error("The coordinator failed, partition {} loads again", partition, e);
            restart(Errors.UNKNOWN_SERVER_ERROR);
        }
    }

    private void perform(GroupOutcome outcome) {
        if (outcome.records().isEmpty()) {
            counters.add(outcome.work());
        }
        for (GroupEffect effect : outcome.effects()) {
            if (effect instanceof StartTimer start) {
                timers.start(partition, start.key(), steadyMs.getAsLong() + start.delayMs());
            } else if (effect instanceof CancelTimer cancel) {
                timers.cancel(partition, cancel.key());
            }
        }
        deliver(appends.add(outcome));
        pump();
    }

    private void pump() {
        Chunk chunk = appends.begin();
        if (chunk != null) {
            append(chunk);
        }
    }

    private void append(Chunk chunk) {
        int mine = life;
        int epoch = leadership.epoch();
        log.append(
                epoch, OffsetsBatches.batch(chunk.records, chunk.producer, compression, wallMs.getAsLong()), error -> {
                    if (mine != life) {
                        return;
                    }
                    switch (error) {
                        case NONE -> committed();
                        case UNKNOWN_LEADER_EPOCH -> appendLater(chunk);
                        case FENCED_LEADER_EPOCH -> {
                            if (epoch < leadership.epoch()) {
                                append(chunk);
                            } else {
                                fenced = chunk;
                            }
                        }
                        default -> refused(error);
                    }
                });
    }

    /** The log has not heard of the epoch yet. */
    private void appendLater(Chunk chunk) {
        int mine = life;
        log.later(delay.nextMs(), () -> {
            if (mine == life) {
                append(chunk);
            }
        });
    }

    private void committed() {
        delay.reset();
        Chunk done = appends.committed();
        watch.end();
        counters.add(done.work());
        deliver(done.replies);
        pump();
    }

    /** What the log has surely not taken is undone where that can be done; else the log has to say what holds. */
    private void refused(Errors error) {
        LOG.warn("Partition {} of the group log refuses an append with {}", partition, error);
        GroupCoordinatorCore core = active;
        List<GroupRecord.OffsetCommit> undo = AppendErrors.nothingWritten(error) ? appends.undo() : null;
        if (core == null || undo == null) {
            restart(AppendErrors.toCoordinator(error));
            return;
        }
        core.undo(undo);
        List<Long> refused = appends.underWay();
        List<Long> behind = appends.behind();
        appends.dropUncommitted();
        refuse(refused, AppendErrors.toCoordinator(error));
        // Nobody has refused these, but they may build on what is undone.
        refuse(behind, Errors.COORDINATOR_NOT_AVAILABLE);
    }

    private void refuse(List<Long> requests, Errors error) {
        for (long requestId : requests) {
            PendingCall pending = waiting.remove(requestId);
            if (pending != null) {
                pending.refuse(error);
            }
        }
    }

    private void deliver(List<Reply> replies) {
        for (Reply reply : replies) {
            PendingCall pending = waiting.remove(reply.requestId());
            if (pending != null) {
                pending.answer().accept(reply.response());
            }
        }
    }

    /** What this core knows may not be what the log says: everybody is told, and a new core reads the log. */
    private void restart(Errors error) {
        end(error);
        again();
    }

    private void again() {
        int mine = life;
        log.later(delay.nextMs(), () -> {
            if (mine == life && leads()) {
                load();
            }
        });
    }

    private void end(Errors error) {
        life++;
        loader.giveUp();
        watch.end();
        active = null;
        newest = null;
        failed = false;
        fenced = null;
        appends.clear();
        timers.cancelAll(partition);
        List<PendingCall> all = new ArrayList<>(waiting.values());
        waiting.clear();
        all.addAll(held.takeAll());
        all.forEach(pending -> pending.refuse(error));
    }

    private void load() {
        life++;
        failed = false;
        GroupCoordinatorCore core = cores.get();
        newest = core;
        loader.start(
                leadership.epoch(),
                batches -> OffsetsBatches.replay(batches, core, counters::unreadable),
                new CoordinatorLoader.Ending() {
                    @Override
                    public void loaded(long end, long highWatermark) {
                        if (highWatermark < end) {
                            awaitCommitted(end);
                        }
                        activate(core);
                    }

                    @Override
                    public void failed(String why) {
                        fail(why);
                    }
                });
    }

    /** Nobody may see what is not committed: the leader to come may not have it. */
    private void awaitCommitted(long end) {
        appends.awaitLoaded();
        watch.start(
                end,
                () -> deliver(appends.loadedCommitted()),
                () -> refuse(appends.dropAwaitingLoaded(this::isOverdue), Errors.COORDINATOR_LOAD_IN_PROGRESS));
    }

    private boolean isOverdue(long requestId) {
        PendingCall pending = waiting.get(requestId);
        return pending != null && pending.atMs() + HeldCalls.MOST_MS <= steadyMs.getAsLong();
    }

    private void activate(GroupCoordinatorCore core) {
        active = core;
        LOG.debug(
                "Loaded partition {} of the group log: {} groups",
                partition,
                core.groups().size());
        perform(core.loaded(wallMs.getAsLong()));
        timers.cancel(partition, HELD);
        // If one of them fails the core, those behind it wait for the next.
        held.takeAll().forEach(this::take);
    }

    private void fail(String why) {
        end(Errors.NOT_COORDINATOR);
        failed = true;
        LOG.error("Partition {} of the group log is not served, and will be tried again: {}", partition, why);
        again();
    }
}
