package dev.weir.bus;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.eventbus.EventBus;
import io.vertx.core.eventbus.MessageProducer;
import io.vertx.core.internal.ContextInternal;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Function;
import org.apache.kafka.common.protocol.Errors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one way between verticles: typed requests and broadcasts over the local event bus. Objects are handed over, not
 * copied, so they must be immutable or change owner with the message. Every request is answered, by the handler, by the
 * failure of the handler, or at once where nobody listens or too many are in flight. Safe to use from any context.
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
        Route route = route(address.name());
        ContextInternal caller = (ContextInternal) vertx.getOrCreateContext();
        Promise<Object> reply = caller.promise();
        if (route.inFlight.incrementAndGet() > address.maxInFlight()) {
            route.inFlight.decrementAndGet();
            reply.fail(
                    new BusException(Errors.THROTTLING_QUOTA_EXCEEDED, "too many requests wait for " + address.name()));
        } else {
            route.producer
                    .write(new Envelope(request, new Reply(caller, reply)))
                    .onFailure(cause -> {
                        route.inFlight.decrementAndGet();
                        reply.tryFail(
                                new BusException(Errors.BROKER_NOT_AVAILABLE, address.name() + " is not running"));
                    });
        }
        @SuppressWarnings("unchecked")
        Future<R> typed = (Future<R>) reply.future();
        return typed;
    }

    /** Serves an address on the calling verticle's context until the returned registration is closed. */
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
            answer(handler, request).onComplete(result -> {
                // First the count, so that whoever hears the answer may ask again.
                route.inFlight.decrementAndGet();
                if (result.succeeded()) {
                    reply.complete(result.result());
                } else {
                    reply.fail(failure(result.cause(), address.name()));
                }
            });
        });
        return () -> consumer.unregister();
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
        return route(address.name()).inFlight.get();
    }

    private Route route(String name) {
        return routes.computeIfAbsent(name, n -> new Route(bus.sender(n, OPTIONS), new AtomicInteger()));
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

    private record Route(MessageProducer<Envelope> producer, AtomicInteger inFlight) {}

    /** Ends a service or a subscription. */
    @FunctionalInterface
    public interface Registration {
        Future<Void> close();
    }
}
