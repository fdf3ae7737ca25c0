package dev.weir.network.api;

import dev.weir.controller.ControllerRoute;
import io.vertx.core.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.ToIntFunction;
import org.apache.kafka.common.errors.ApiException;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;

/** An API that the leader of the quorum serves: here if this broker leads, else the request is forwarded. */
final class RoutedHandler<M extends ApiMessage> implements ApiHandler<M> {
    private static final int MIN_TIMEOUT_MS = 1_000;
    private static final int MAX_TIMEOUT_MS = 60_000;

    private final ApiHandler<M> leader;
    private final ControllerRoute route;
    private final ToIntFunction<M> timeoutMs;

    RoutedHandler(ApiHandler<M> leader, ControllerRoute route, ToIntFunction<M> timeoutMs) {
        this.leader = leader;
        this.route = route;
        this.timeoutMs = timeoutMs;
    }

    @Override
    public ApiKeys api() {
        return leader.api();
    }

    @Override
    public Future<? extends ApiMessage> handle(M request, RequestContext context) {
        int timeout = Math.min(Math.max(timeoutMs.applyAsInt(request), MIN_TIMEOUT_MS), MAX_TIMEOUT_MS);
        return route.<M, ApiMessage>ask(
                        request, timeout, asked -> leader.handle(asked, context).map(response -> response))
                .timeout(timeout, TimeUnit.MILLISECONDS)
                .recover(cause -> Future.failedFuture(cause instanceof TimeoutException ? timedOut() : cause));
    }

    private static ApiException timedOut() {
        return new org.apache.kafka.common.errors.TimeoutException("the quorum has not answered in time");
    }
}
