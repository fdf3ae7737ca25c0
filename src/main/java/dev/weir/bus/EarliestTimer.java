package dev.weir.bus;

import io.vertx.core.Vertx;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;

/**
 * The one timer of a verticle that everything waiting in it shares: it is set for the earliest deadline and, when that has
 * come, for the next one. Owned by the verticle's thread.
 */
public final class EarliestTimer {
    private final LongSupplier clockMs;
    private final LongSupplier nextMs;
    private final LongConsumer expire;
    private long id = -1;
    private long atMs = Long.MAX_VALUE;

    /**
     * A timer that is not set yet.
     *
     * @param clockMs the clock of the deadlines
     * @param nextMs the earliest deadline; negative or {@link Long#MAX_VALUE} if nothing waits
     * @param expire given the time, ends what is due; it may begin new waits
     */
    public EarliestTimer(LongSupplier clockMs, LongSupplier nextMs, LongConsumer expire) {
        this.clockMs = clockMs;
        this.nextMs = nextMs;
        this.expire = expire;
    }

    /** Sets the timer again if a deadline has become the earliest. */
    public void arm(Vertx vertx) {
        long next = nextMs.getAsLong();
        if (next < 0 || next >= atMs) {
            return;
        }
        if (id >= 0) {
            vertx.cancelTimer(id);
        }
        atMs = next;
        id = vertx.setTimer(Math.max(1, next - clockMs.getAsLong()), fired -> {
            atMs = Long.MAX_VALUE;
            id = -1;
            try {
                expire.accept(clockMs.getAsLong());
            } finally {
                // What else waits must not wait for one that breaks off.
                arm(vertx);
            }
        });
    }
}
