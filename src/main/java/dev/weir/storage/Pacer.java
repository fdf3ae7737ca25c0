package dev.weir.storage;

import java.io.InterruptedIOException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** Called by a long job on its own thread after each piece of I/O: it may hold the job up, or end it. */
public interface Pacer {
    /** @throws InterruptedIOException when the job shall end */
    void moved(long bytes) throws InterruptedIOException;

    /** Never waits and never ends. */
    Pacer FREE = bytes -> {};

    /** Waits as {@code throttle} says, and ends the job when the thread is interrupted or {@code stopped} answers true. */
    static Pacer throttled(IoThrottle throttle, BooleanSupplier stopped) {
        return bytes -> {
            long until = System.nanoTime() + throttle.spend(bytes, System.nanoTime());
            do {
                if (Thread.interrupted() || stopped.getAsBoolean()) {
                    throw new InterruptedIOException("stopped");
                }
                LockSupport.parkNanos(until - System.nanoTime());
            } while (until - System.nanoTime() > 0);
        };
    }
}
