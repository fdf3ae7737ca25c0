package dev.weir.cluster;

import dev.weir.cluster.MemberNews.Ended;
import dev.weir.cluster.Membership.Joined;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * The thread that joins the membership, looks after it, and joins again if that fails or ends. Nobody waits for it: a join
 * hangs while a paused broker is in the list. It does not keep the process alive.
 */
final class MembershipMonitor {
    private static final Logger LOG = LoggerFactory.getLogger(MembershipMonitor.class);
    private static final long FIRST_RETRY_MS = 1_000;
    private static final long LAST_RETRY_MS = 30_000;
    private static final long CHECK_MS = 5_000;
    private static final long SAY_AGAIN_MS = 3_600_000;

    private final Supplier<Membership> library;
    private final MembershipOptions options;
    private final Consumer<MemberNews> sink;
    private final MemberAddresses addresses;
    private final RareLine failure = new RareLine(SAY_AGAIN_MS);
    private final CountDownLatch stop = new CountDownLatch(1);
    private final CountDownLatch ended = new CountDownLatch(1);
    private final Thread thread;

    /** @param sink takes events on any thread, without blocking */
    MembershipMonitor(Supplier<Membership> library, MembershipOptions options, Consumer<MemberNews> sink) {
        this.library = library;
        this.options = options;
        this.sink = sink;
        this.addresses = new MemberAddresses(options);
        this.thread = new Thread(this::run, "weir-membership");
        thread.setDaemon(true);
    }

    void start() {
        thread.start();
    }

    /** Tells the thread to end the membership; {@link #hasEnded} says when it has. A join that hangs is left to itself. */
    void stop() {
        stop.countDown();
        // A join that waits may give up; that it does not is harmless.
        thread.interrupt();
    }

    boolean hasEnded() {
        return ended.getCount() == 0;
    }

    private void run() {
        try {
            Membership membership = library.get();
            int failures = 0;
            while (!isStopped()) {
                failures = lived(membership, failures) ? 0 : failures + 1;
                long delay = delay(failures);
                pause(delay);
            }
        } catch (LinkageError | RuntimeException e) {
            LOG.error("There is no membership; elections are left to timeouts", e);
        } finally {
            ended.countDown();
        }
    }

    /** Joins and stays; false if it could not join. */
    private boolean lived(Membership membership, int failures) {
        Joined joined;
        try {
            joined = membership.join(addresses.now(), sink);
        } catch (Exception e) {
            // It may have told of members before it failed.
            sink.accept(new Ended());
            if (!isStopped()) {
                sayFailed(e.toString().lines().findFirst().orElse(""), failures + 1);
            }
            return false;
        }
        failure.ended();
        try {
            List<Endpoint> known = addresses.now();
            while (!isStopped() && joined.isRunning()) {
                pause(CHECK_MS);
                List<Endpoint> now = addresses.now();
                if (!now.equals(known)) {
                    joined.lookFor(now);
                    known = now;
                }
            }
            if (!isStopped()) {
                LOG.warn("The membership has ended by itself, joining again");
            }
        } finally {
            // The interrupt that woke this thread must not cut the end short.
            Thread.interrupted();
            joined.end();
            sink.accept(new Ended());
        }
        return true;
    }

    /** A port that is taken stays taken: one line tells of it, and not each attempt. */
    private void sayFailed(String why, int attempt) {
        Level level = failure.takes(why, System.nanoTime() / 1_000_000) ? Level.WARN : Level.DEBUG;
        LOG.atLevel(level)
                .log(
                        "The membership cannot be joined at {}:{}, trying again: {} (cluster.membership.host,"
                                + " cluster.membership.port; attempt {})",
                        options.host(),
                        options.port(),
                        why,
                        attempt);
    }

    private static long delay(int failures) {
        long longest = Math.min(LAST_RETRY_MS, FIRST_RETRY_MS << Math.min(failures, 10));
        return longest / 2 + ThreadLocalRandom.current().nextLong(longest / 2);
    }

    private boolean isStopped() {
        return stop.getCount() == 0;
    }

    private void pause(long ms) {
        try {
            if (stop.await(ms, TimeUnit.MILLISECONDS)) {
                return;
            }
        } catch (InterruptedException e) {
            // Only stop() interrupts, and every loop asks for it.
            return;
        }
    }
}
