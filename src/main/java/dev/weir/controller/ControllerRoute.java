package dev.weir.controller;

import io.vertx.core.Future;
import java.util.function.Function;
import org.apache.kafka.common.protocol.ApiMessage;

/** The way of a request to the active controller. Immutable; safe on any thread. */
public interface ControllerRoute {
    /** To this broker's controller, active or not: the route of requests that have come from another broker already. */
    ControllerRoute LOCAL = new ControllerRoute() {
        @Override
        public <Q extends ApiMessage, R extends ApiMessage> Future<R> ask(
                Q request, int timeoutMs, Function<Q, Future<R>> locally) {
            return locally.apply(request);
        }
    };

    /**
     * Asks the active controller. The future completes on the caller's context. It fails with a
     * {@link dev.weir.bus.BusException}: NOT_CONTROLLER if this route does not look for another controller, REQUEST_TIMED_OUT if
     * none was found in time.
     *
     * @param timeoutMs how long an active controller is looked for, and its answer waited for
     * @param locally asks this broker's controller
     */
    <Q extends ApiMessage, R extends ApiMessage> Future<R> ask(
            Q request, int timeoutMs, Function<Q, Future<R>> locally);
}
