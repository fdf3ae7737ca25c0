package dev.weir.storage.file;

import java.io.InterruptedIOException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** Called by a long job on its own thread after each piece of I/O: it may hold the job up, or end it. */
public interface Pacer {
    /** @throws InterruptedIOException when the job shall end */
    void moved(long bytes) throws InterruptedIOException;

    /** The longest wait in one piece: so long may it take until a change is seen. */
    long MOST_NANOS = 100_000_000;

    /** Never waits and never ends. */
    Pacer FREE = bytes -> {};

    /** Waits as {@code throttle} says, until its rate changes, and ends the job when the thread is interrupted or {@code stopped} answers true. */
    static Pacer throttled(IoThrottle throttle, BooleanSupplier stopped) {
        return bytes -> {
            int rate = throttle.changes();
            long until = System.nanoTime() + throttle.spend(bytes, System.nanoTime());
            do {
                if (Thread.interrupted() || stopped.getAsBoolean()) {
                    throw new InterruptedIOException("stopped");
                }
                LockSupport.parkNanos(Math.min(until - System.nanoTime(), MOST_NANOS));
            } while (until - System.nanoTime() > 0 && rate == throttle.changes());
        };
    }
}
