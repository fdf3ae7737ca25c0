package dev.weir.storage;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The threads that compact: they take {@link CleaningPlan}s from the owners of logs and give {@link CleanedSegments} back,
 * for the owner to swap in. Thread safe. Memory is bounded by the two buffer sizes, which all threads share; I/O by the
 * rate, which they share too. It ends with {@link #close}, which stops what is running.
 */
public final class LogCleaner implements AutoCloseable {
    private static final long CLOSE_SECONDS = 10;

    private final ExecutorService threads;
    private final Pacer pacer;
    private final long dedupeBytesEach;
    private final int ioBytesEach;
    private volatile boolean closed;

    /**
     * @param count {@code log.cleaner.threads}
     * @param dedupeBytes {@code log.cleaner.dedupe.buffer.size}
     * @param ioBytes {@code log.cleaner.io.buffer.size}
     * @param maxBytesPerSecond {@code log.cleaner.io.max.bytes.per.second}
     */
    public LogCleaner(int count, long dedupeBytes, int ioBytes, double maxBytesPerSecond) {
        AtomicInteger number = new AtomicInteger();
        this.threads = Executors.newFixedThreadPool(count, task -> {
            Thread thread = new Thread(task, "weir-cleaner-" + number.getAndIncrement());
            thread.setDaemon(true);
            return thread;
        });
        this.pacer = Pacer.throttled(new IoThrottle(maxBytesPerSecond), () -> closed);
        this.dedupeBytesEach = dedupeBytes / count;
        this.ioBytesEach = ioBytes / count;
    }

    /**
     * Carries a plan out. The future is completed on a cleaner's thread, with an {@link java.io.IOException} when the run
     * came to nothing; its receiver goes back to the owner's thread and calls {@link PartitionLog#replaceSegments} or
     * {@link PartitionLog#abandonCleaning}.
     */
    public CompletableFuture<CleanedSegments> clean(CleaningPlan plan) {
        CompletableFuture<CleanedSegments> outcome = new CompletableFuture<>();
        threads.execute(() -> {
            try {
                outcome.complete(new CleaningRun(plan, dedupeBytesEach, ioBytesEach, pacer).run());
            } catch (Exception | OutOfMemoryError e) {
                outcome.completeExceptionally(e);
            }
        });
        return outcome;
    }

    @Override
    public void close() {
        closed = true;
        threads.shutdown();
        try {
            if (!threads.awaitTermination(CLOSE_SECONDS, TimeUnit.SECONDS)) {
                threads.shutdownNow();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
