package dev.weir.broker;

import dev.weir.config.BrokerConfig;
import io.vertx.core.Future;
import java.io.PrintWriter;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One broker as the process's main thread sees it: starts it, waits, and on SIGTERM or SIGINT, also in the middle of the
 * start, stops it in order and ends the process with code 0. A start that fails is one line on the error output and code 1.
 */
final class BrokerProcess implements BrokerRunner {
    private static final Logger LOG = LoggerFactory.getLogger(BrokerProcess.class);
    private static final long STOP_SECONDS = 60;

    private final PrintWriter err;
    /** Whether somebody stops the broker already: a failed start or a signal. */
    private final AtomicBoolean stopping = new AtomicBoolean();

    BrokerProcess(PrintWriter err) {
        this.err = err;
    }

    @Override
    public int run(BrokerConfig config) {
        Broker broker = new Broker(config);
        Runtime.getRuntime().addShutdownHook(new Thread(() -> stopAndHalt(broker), "weir-stop"));
        try {
            await(broker.start());
            String why = broker.mustEnd().get();
            if (stopping.compareAndSet(false, true)) {
                LOG.error("This broker must stop: {}", why);
                stop(broker);
            }
            return 1;
        } catch (StartFailure e) {
            if (stopping.compareAndSet(false, true)) {
                err.println("weir: " + e.getMessage());
                err.flush();
                stop(broker);
            }
            return 1;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return 0;
        } catch (ExecutionException e) {
            throw new IllegalStateException(e);
        }
    }

    private void stopAndHalt(Broker broker) {
        if (stopping.compareAndSet(false, true)) {
            boolean clean = stop(broker);
            // The virtual machine would report the signal; an orderly stop is a success.
            Runtime.getRuntime().halt(clean ? 0 : 1);
        }
    }

    private void await(Future<?> start) throws StartFailure, InterruptedException {
        try {
            start.toCompletionStage().toCompletableFuture().get();
        } catch (ExecutionException e) {
            Throwable cause = e.getCause();
            if (cause instanceof StartFailure failure) {
                throw failure;
            }
            if (!stopping.get()) {
                LOG.error("The broker cannot start", cause);
            }
            throw new StartFailure("the broker cannot start: " + cause);
        }
    }

    /** Vert.x throws away what its worker threads still had to do when it ends, and says so with a trace. */
    private static void passOverWhatComesTooLate(Thread thread, Throwable failure) {
        if (failure instanceof RejectedExecutionException) {
            LOG.debug("{} had something left to do when the broker stopped", thread.getName(), failure);
        } else {
            LOG.error("{} has failed while the broker stops", thread.getName(), failure);
        }
    }

    private static boolean stop(Broker broker) {
        Thread.setDefaultUncaughtExceptionHandler(BrokerProcess::passOverWhatComesTooLate);
        try {
            return broker.stop().toCompletionStage().toCompletableFuture().get(STOP_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException e) {
            LOG.error("The broker did not stop in order", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return false;
    }
}
