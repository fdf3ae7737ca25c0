package dev.weir.controller.log;

import dev.weir.storage.SyncTask;
import java.io.IOException;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Syncs what was appended, one sync at a time on a thread of its own: what is appended meanwhile shares the next one. Owned by
 * the driver.
 */
final class LogSync {
    private final MetadataLogStore store;
    private final DriverPorts ports;
    private final LongConsumer synced;
    private final Consumer<Exception> failed;
    private final DriverRules rules;
    private boolean inFlight;
    private boolean ended;
    private Runnable whenIdle = () -> {};

    LogSync(
            MetadataLogStore store,
            DriverPorts ports,
            LongConsumer synced,
            Consumer<Exception> failed,
            DriverRules rules) {
        this.rules = rules;
        this.store = store;
        this.ports = ports;
        this.synced = synced;
        this.failed = failed;
    }

    /** Starts a sync if there is something to sync and none is under way. */
    void start() throws IOException {
        if (inFlight || ended || store.syncedOffset() >= store.endOffset()) {
            return;
        }
        SyncTask task = store.beginSync();
        inFlight = true;
        ports.syncs().execute(() -> run(task));
    }

    /** Starts no sync any more, and tells of none. Runs {@code whenIdle} as soon as none is under way. */
    void end(Runnable whenIdle) {
        ended = true;
        if (inFlight) {
            this.whenIdle = whenIdle;
        } else {
            whenIdle.run();
        }
    }

    private void run(SyncTask task) {
        Exception failure = null;
        try {
            task.run();
        } catch (IOException | RuntimeException e) {
            failure = e;
        } catch (Error e) {
            failure = new IOException(e);
        }
        Exception told = failure;
        ports.owner().execute(() -> done(task, told));
    }

    private void done(SyncTask task, @Nullable Exception failure) {
        inFlight = false;
        long offset = rules.synced(store.completeSync(task), task.targetOffset());
        if (ended) {
            whenIdle.run();
            return;
        }
        if (failure != null && rules.endsAfterFailedSync()) {
            failed.accept(failure);
            return;
        }
        synced.accept(failure == null ? offset : task.targetOffset());
        try {
            start();
        } catch (IOException e) {
            failed.accept(e);
        }
    }
}
