package dev.weir.bench.load;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletionService;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Runs the client threads of a round side by side. */
final class Workers {
    private Workers() {}

    /** Waits for all; the first failure, or more time than {@code limit}, ends them all and is an exception. */
    static <T> List<T> run(Duration limit, List<? extends Callable<T>> tasks) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(tasks.size());
        try {
            CompletionService<T> done = new ExecutorCompletionService<>(threads);
            List<Future<T>> all = new ArrayList<>();
            tasks.forEach(task -> all.add(done.submit(task)));
            long end = System.nanoTime() + limit.toNanos();
            for (int i = 0; i < tasks.size(); i++) {
                Future<T> next = done.poll(end - System.nanoTime(), TimeUnit.NANOSECONDS);
                if (next == null) {
                    throw new TimeoutException("the clients did not end within " + limit.toSeconds() + " s");
                }
                next.get();
            }
            List<T> results = new ArrayList<>();
            for (Future<T> future : all) {
                results.add(future.get());
            }
            return results;
        } catch (ExecutionException e) {
            throw e.getCause() instanceof Exception cause ? cause : e;
        } finally {
            threads.shutdownNow();
        }
    }
}
