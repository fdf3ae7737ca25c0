package dev.weir.bus;

import io.vertx.core.Context;
import io.vertx.core.Promise;
import org.jspecify.annotations.Nullable;

/**
 * The way of an answer back to the caller. It is completed in a turn of the caller's own: a promise completed from the
 * handler's thread would be heard at once by a caller that still attaches its listener, and overtake the events published
 * to that caller before.
 */
record Reply(Context caller, Promise<Object> promise) {
    void complete(@Nullable Object answer) {
        caller.runOnContext(turn -> promise.tryComplete(answer));
    }

    void fail(BusException failure) {
        caller.runOnContext(turn -> promise.tryFail(failure));
    }
}
