package dev.weir.bus;

import io.vertx.core.Context;
import io.vertx.core.Promise;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * The way of an answer back to the caller. It is completed in a turn of the caller's own: a promise completed from the
 * handler's thread would be heard at once by a caller that still attaches its listener, and overtake the events published
 * to that caller before. No two are equal.
 */
final class Reply {
    private final Context caller;
    private final Promise<Object> promise;

    Reply(Context caller, Promise<Object> promise) {
        this.caller = caller;
        this.promise = promise;
    }

    void complete(@Nullable Object answer) {
        tell(() -> promise.tryComplete(answer));
    }

    void fail(BusException failure) {
        tell(() -> promise.tryFail(failure));
    }

    private void tell(Runnable end) {
        try {
            caller.runOnContext(turn -> end.run());
        } catch (RejectedExecutionException e) {
            // The caller is undeployed, so nobody waits; whoever answers has others to answer too.
        }
    }
}
