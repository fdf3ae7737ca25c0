package dev.weir.bus;

import io.vertx.core.eventbus.MessageProducer;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.apache.kafka.common.protocol.Errors;

/**
 * One address and its unanswered requests. Each of them ends once: by its answer, or when nobody serves the address any more. Safe
 * on any thread.
 */
final class Route {
    private final String name;
    private final MessageProducer<Envelope> producer;
    private final AtomicInteger inFlight = new AtomicInteger();
    private final Set<Reply> waiting = ConcurrentHashMap.newKeySet();

    Route(String name, MessageProducer<Envelope> producer) {
        this.name = name;
        this.producer = producer;
    }

    int inFlight() {
        return inFlight.get();
    }

    /** Sends a request, unless as many are unanswered already. */
    void send(Object request, Reply reply, int maxInFlight) {
        if (inFlight.incrementAndGet() > maxInFlight) {
            inFlight.decrementAndGet();
            reply.fail(new BusException(Errors.THROTTLING_QUOTA_EXCEEDED, "too many requests wait for " + name));
            return;
        }
        waiting.add(reply);
        producer.write(new Envelope(request, reply)).onFailure(cause -> end(reply, this::tellGone));
    }

    /** Ends a request, unless it has ended already. */
    void end(Reply reply, Consumer<Reply> how) {
        if (waiting.remove(reply)) {
            // First the count, so that whoever hears the answer may ask again.
            inFlight.decrementAndGet();
            how.accept(reply);
        }
    }

    /** Ends all requests: nobody serves the address any more. */
    void endAll() {
        List.copyOf(waiting).forEach(reply -> end(reply, this::tellGone));
    }

    private void tellGone(Reply reply) {
        reply.fail(new BusException(Errors.BROKER_NOT_AVAILABLE, name + " is not running"));
    }
}
