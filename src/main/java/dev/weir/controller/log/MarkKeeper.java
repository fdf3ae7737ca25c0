package dev.weir.controller.log;

import java.io.IOException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the file {@code quorum-synced}, so that it never names more than was synced, and no less for more than a moment. Its owner,
 * the driver's thread, has the mark raised on the thread that syncs, and lowers it itself before the log is truncated. Only those
 * calls that must write wait for a disk that hangs.
 */
final class MarkKeeper {
    private static final Logger LOG = LoggerFactory.getLogger(MarkKeeper.class);
    private static final long INTERVAL_MS = 1_000;

    private final MetadataFiles files;
    private final DriverPorts ports;
    private final Object file = new Object();
    /** Changed while {@link #file} is held: its offset by either thread, the rest by the owner. */
    private volatile SyncedMark mark;
    /** The number of times that the mark was lowered: whatever was synced before may be truncated since. */
    private volatile int generation;

    private long raisedAt;
    private boolean raising;
    private boolean ended;
    private Runnable whenIdle = () -> {};

    MarkKeeper(MetadataFiles files, SyncedMark mark, DriverPorts ports) {
        this.files = files;
        this.mark = mark;
        this.ports = ports;
        raisedAt = ports.monotonicMs().getAsLong();
    }

    /** Everything below {@code synced} is synced; has that written now and then. To be called with each tick. */
    void tick(long synced) {
        long now = ports.monotonicMs().getAsLong();
        if (raising || ended || synced <= mark.offset() || now - raisedAt < INTERVAL_MS) {
            return;
        }
        raisedAt = now;
        raising = true;
        int at = generation;
        ports.syncs().execute(() -> {
            raise(synced, at);
            ports.owner().execute(this::raised);
        });
    }

    private void raised() {
        raising = false;
        if (ended) {
            whenIdle.run();
        }
    }

    /** Raises the mark no more by itself. Runs {@code idle} as soon as it is not being raised. */
    void end(Runnable idle) {
        ended = true;
        if (raising) {
            whenIdle = idle;
        } else {
            idle.run();
        }
    }

    /** Says at once that everything below {@code offset} is synced. */
    void raise(long offset) {
        raise(offset, generation);
    }

    private void raise(long offset, int at) {
        synchronized (file) {
            if (at != generation || offset <= mark.offset()) {
                return;
            }
            try {
                write(new SyncedMark(offset, mark.lost(), mark.alone()));
            } catch (IOException e) {
                LOG.warn("The file quorum-synced cannot be written: {}", e.toString());
            }
        }
    }

    /** Must be durable before the log is truncated. */
    @SuppressWarnings("NonAtomicVolatileUpdate") // the owner is its one writer
    void lower(long offset) throws IOException {
        generation++;
        synchronized (file) {
            if (offset < mark.offset()) {
                write(new SyncedMark(offset, mark.lost(), mark.alone()));
            }
        }
    }

    /** The voters have changed. */
    void alone(boolean alone) throws IOException {
        if (alone != mark.alone()) {
            synchronized (file) {
                write(new SyncedMark(mark.offset(), mark.lost(), alone));
            }
        }
    }

    /** The replica has caught up with what it had lost. */
    void caughtUp() throws IOException {
        if (mark.lost()) {
            synchronized (file) {
                write(new SyncedMark(mark.offset(), false, mark.alone()));
            }
        }
    }

    private void write(SyncedMark next) throws IOException {
        files.write(next);
        mark = next;
    }
}
