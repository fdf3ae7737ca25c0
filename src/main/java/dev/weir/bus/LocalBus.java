package dev.weir.bus;

import io.vertx.core.Closeable;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.eventbus.EventBus;
import io.vertx.core.internal.ContextInternal;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.Function;
import org.apache.kafka.common.protocol.Errors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one way between verticles: typed requests and broadcasts over the local event bus. Objects are handed over, not
 * copied, so they must be immutable or change owner with the message. Every request is answered, by the handler, by the
 * failure of the handler, or at once where nobody listens, no longer listens, or too many are in flight. Safe to use from any context.
 */
public final class LocalBus {
    private static final Logger LOG = LoggerFactory.getLogger(LocalBus.class);
    private static final DeliveryOptions OPTIONS =
            new DeliveryOptions().setLocalOnly(true).setCodecName(EnvelopeCodec.NAME);

    private final Vertx vertx;
    private final EventBus bus;
    private final Map<String, Route> routes = new ConcurrentHashMap<>();

    /** Registers the local codec; one bus per Vert.x instance. */
    public LocalBus(Vertx vertx) {
        this.vertx = vertx;
        this.bus = vertx.eventBus();
        bus.registerCodec(new EnvelopeCodec());
    }

    /**
     * Sends a request. The future completes on the caller's context, after every event that was published to that context
     * before the handler answered; it fails with {@link BusException} when nobody serves the address, when
     * {@link Address#maxInFlight} is reached, or as the handler decides.
     */
    public <Q, R> Future<R> ask(Address<Q, R> address, Q request) {
        ContextInternal caller = (ContextInternal) vertx.getOrCreateContext();
        Promise<Object> reply = caller.promise();
        route(address.name()).send(request, new Reply(caller, reply), address.maxInFlight());
        @SuppressWarnings("unchecked")
        Future<R> typed = (Future<R>) reply.future();
        return typed;
    }

    /**
     * Serves an address on the calling verticle's context until the returned registration is closed, or the verticle has stopped.
     * Requests that are not answered by then fail.
     */
    public <Q, R> Registration serve(Address<Q, R> address, Function<Q, Future<R>> handler) {
        Route route = route(address.name());
        var consumer = bus.<Envelope>localConsumer(address.name(), message -> {
            Envelope envelope = message.body();
            @SuppressWarnings("unchecked")
            Q request = (Q) envelope.payload();
            Reply reply = envelope.reply();
            if (reply == null) {
                throw new IllegalStateException("a request without a reply came to " + address.name());
            }
            answer(handler, request)
                    .onComplete(result -> route.end(reply, to -> {
                        if (result.succeeded()) {
                            to.complete(result.result());
                        } else {
                            to.fail(failure(result.cause(), address.name()));
                        }
                    }));
        });
        ContextInternal server = (ContextInternal) vertx.getOrCreateContext();
        Closeable onClose = closed -> {
            consumer.unregister();
            route.endAll();
            closed.succeed();
        };
        server.addCloseHook(onClose);
        return () -> {
            server.removeCloseHook(onClose);
            Future<Void> ended = consumer.unregister();
            route.endAll();
            return ended;
        };
    }

    /** Tells every subscriber; never fails, also when there is none. */
    public <E> void publish(Broadcast<E> broadcast, E event) {
        bus.publish(broadcast.name(), new Envelope(event, null), OPTIONS);
    }

    /** Receives every event published from now on, on the calling verticle's context. */
    public <E> Registration subscribe(Broadcast<E> broadcast, Consumer<E> subscriber) {
        var consumer = bus.<Envelope>localConsumer(broadcast.name(), message -> {
            @SuppressWarnings("unchecked")
            E event = (E) message.body().payload();
            subscriber.accept(event);
        });
        return () -> consumer.unregister();
    }

    /** Requests to this address that are not answered yet. */
    public int inFlight(Address<?, ?> address) {
        return route(address.name()).inFlight();
    }

    private Route route(String name) {
        return routes.computeIfAbsent(name, n -> new Route(n, bus.sender(n, OPTIONS)));
    }

    private static <Q, R> Future<R> answer(Function<Q, Future<R>> handler, Q request) {
        try {
            return handler.apply(request);
        } catch (RuntimeException | Error e) {
            // A handler that throws must not leave the sender waiting, whatever it throws.
            return Future.failedFuture(e);
        }
    }

    private static BusException failure(Throwable cause, String name) {
        if (cause instanceof BusException known) {
            return known;
        }
        Errors error = Errors.forException(cause);
        if (error == Errors.UNKNOWN_SERVER_ERROR) {
            LOG.error("A request to {} failed unexpectedly", name, cause);
        }
        return new BusException(error, cause.getMessage(), cause);
    }

    /** Ends a service or a subscription. */
    @FunctionalInterface
    public interface Registration {
        Future<Void> close();
    }
}
