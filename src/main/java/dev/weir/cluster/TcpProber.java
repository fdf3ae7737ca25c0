package dev.weir.cluster;

import java.io.IOException;
import java.net.BindException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NoRouteToHostException;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Connects to brokers to see whether somebody listens, on a few threads of its own. The probes that wait are bounded by their
 * owner, who has two at most for each broker.
 */
final class TcpProber {
    private static final int THREADS = 16;
    private static final int IDLE_SECONDS = 10;

    private final int timeoutMs;
    private final ThreadPoolExecutor threads;

    /** @param timeoutMs for each address of a name */
    TcpProber(int timeoutMs) {
        this.timeoutMs = timeoutMs;
        threads = new ThreadPoolExecutor(
                THREADS, THREADS, IDLE_SECONDS, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), run -> {
                    Thread thread = new Thread(run, "weir-probe");
                    thread.setDaemon(true);
                    return thread;
                });
        threads.allowCoreThreadTimeOut(true);
    }

    /** Probes once; the outcome is told on a thread of the prober. */
    void probe(Endpoint endpoint, Consumer<ProbeOutcome> told) {
        try {
            threads.execute(() -> told.accept(probe(endpoint)));
        } catch (RejectedExecutionException e) {
            told.accept(ProbeOutcome.NOT_TRIED);
        }
    }

    void close() {
        threads.shutdownNow();
    }

    /**
     * A name may have several addresses, and the broker listen at one of them only: one that accepts is enough, and all must
     * refuse.
     */
    ProbeOutcome probe(Endpoint endpoint) {
        InetAddress[] addresses;
        try {
            addresses = InetAddress.getAllByName(endpoint.host());
        } catch (UnknownHostException e) {
            return ProbeOutcome.NOT_TRIED;
        }
        ProbeOutcome worst = ProbeOutcome.REFUSED;
        for (InetAddress address : addresses) {
            ProbeOutcome outcome = connect(new InetSocketAddress(address, endpoint.port()));
            if (outcome == ProbeOutcome.ACCEPTED) {
                return outcome;
            }
            if (outcome == ProbeOutcome.NOT_TRIED || worst == ProbeOutcome.REFUSED) {
                worst = outcome;
            }
        }
        return worst;
    }

    private ProbeOutcome connect(InetSocketAddress address) {
        try (Socket socket = new Socket()) {
            socket.connect(address, timeoutMs);
            return ProbeOutcome.ACCEPTED;
        } catch (SocketTimeoutException | NoRouteToHostException e) {
            return ProbeOutcome.FAILED;
        } catch (BindException e) {
            return ProbeOutcome.NOT_TRIED;
        } catch (ConnectException e) {
            // The system's own timeout, the other reason, is far longer than ours.
            return ProbeOutcome.REFUSED;
        } catch (IOException e) {
            // No descriptor left, the own network down, a local firewall.
            return ProbeOutcome.NOT_TRIED;
        }
    }
}
