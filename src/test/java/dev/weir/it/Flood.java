package dev.weir.it;

import java.util.concurrent.atomic.AtomicLong;

/** A client that sends one request for ever and never reads, on a thread of its own, until its socket is closed. */
final class Flood {
    private static final long STUCK_NANOS = 2_000_000_000L;

    private final AtomicLong sent = new AtomicLong();
    private final AtomicLong lastNanos = new AtomicLong(System.nanoTime());

    private Flood() {}

    static Flood start(RawClient client, byte[] request) {
        Flood flood = new Flood();
        Thread thread = new Thread(() -> flood.run(client, request), "flood");
        thread.setDaemon(true);
        thread.start();
        return flood;
    }

    /** True where nothing could be sent for two seconds. */
    boolean isStuck() {
        return System.nanoTime() - lastNanos.get() > STUCK_NANOS;
    }

    long sentBytes() {
        return sent.get();
    }

    private void run(RawClient client, byte[] request) {
        try {
            while (!client.socket().isClosed()) {
                client.send(request);
                sent.addAndGet(request.length);
                lastNanos.set(System.nanoTime());
            }
        } catch (java.io.UncheckedIOException e) {
            lastNanos.set(0);
        }
    }
}
