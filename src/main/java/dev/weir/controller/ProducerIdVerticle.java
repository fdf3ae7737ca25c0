package dev.weir.controller;

import dev.weir.bus.BusException;
import dev.weir.bus.LocalBus;
import dev.weir.metadata.BrokerImage;
import dev.weir.metadata.NewestImage;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.VerticleBase;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.message.AllocateProducerIdsRequestData;
import org.apache.kafka.common.message.AllocateProducerIdsResponseData;
import org.apache.kafka.common.protocol.Errors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gives out producer ids, for all of this broker, from blocks that the active controller allocates (KIP-730). While there is none,
 * requests wait for a second. One for each broker; it owns its {@link ProducerIdSupply}. What is left of a block when the broker
 * stops is never used.
 */
public final class ProducerIdVerticle extends VerticleBase {
    private static final Logger LOG = LoggerFactory.getLogger(ProducerIdVerticle.class);
    private static final long HOLD_MS = 1_000;
    private static final long UNREGISTERED = -1;

    private final LocalBus bus;
    private final ControllerClient controller;
    private final NewestImage newest;
    private final int brokerId;
    private final ProducerIdSupply supply = new ProducerIdSupply();
    private final Deque<Waiting> waiting = new ArrayDeque<>();
    private boolean timed;

    /**
     * The supply of one broker.
     *
     * @param controller leads to the active controller, wherever it is
     * @param newest names the epoch of this broker
     */
    public ProducerIdVerticle(LocalBus bus, ControllerClient controller, NewestImage newest, int brokerId) {
        this.bus = bus;
        this.controller = controller;
        this.newest = newest;
        this.brokerId = brokerId;
    }

    @Override
    public Future<?> start() {
        bus.serve(ProducerIdClient.NEXT, ignored -> next());
        return Future.succeededFuture();
    }

    private Future<Long> next() {
        OptionalLong id = supply.take();
        askIfDue();
        if (id.isPresent()) {
            return Future.succeededFuture(id.getAsLong());
        }
        Waiting one = new Waiting(Promise.promise(), now() + HOLD_MS);
        if (supply.isUnderWay()) {
            waiting.add(one);
            expireLater();
        } else {
            one.refuse();
        }
        return one.promise().future();
    }

    private void askIfDue() {
        if (supply.asks(now())) {
            ask();
        }
    }

    private void ask() {
        long epoch = newest.get().broker(brokerId).map(BrokerImage::epoch).orElse(UNREGISTERED);
        controller
                .allocateProducerIds(new AllocateProducerIdsRequestData()
                        .setBrokerId(brokerId)
                        .setBrokerEpoch(epoch))
                .onSuccess(this::answered)
                .onFailure(cause -> {
                    LOG.debug("The controller has not answered with a block of producer ids: {}", cause.toString());
                    supply.failed(now());
                    refuseAll();
                });
    }

    private void answered(AllocateProducerIdsResponseData response) {
        if (!supply.answered(response, now())) {
            LOG.warn("The controller has given no block of producer ids: {}", Errors.forCode(response.errorCode()));
            refuseAll();
            return;
        }
        while (!waiting.isEmpty()) {
            OptionalLong id = supply.take();
            if (id.isEmpty()) {
                break;
            }
            waiting.remove().promise().complete(id.getAsLong());
        }
        askIfDue();
    }

    private void refuseAll() {
        List<Waiting> all = List.copyOf(waiting);
        waiting.clear();
        all.forEach(Waiting::refuse);
    }

    /** One timer for all that wait. */
    private void expireLater() {
        if (timed || waiting.isEmpty()) {
            return;
        }
        timed = true;
        vertx.setTimer(Math.max(1, waiting.element().deadlineMs() - now()), timer -> {
            timed = false;
            while (!waiting.isEmpty() && waiting.element().deadlineMs() <= now()) {
                waiting.remove().refuse();
            }
            expireLater();
        });
    }

    private static long now() {
        return TimeUnit.NANOSECONDS.toMillis(System.nanoTime());
    }

    private record Waiting(Promise<Long> promise, long deadlineMs) {
        void refuse() {
            promise.fail(new BusException(
                    Errors.COORDINATOR_LOAD_IN_PROGRESS, "the controller has given this broker no producer ids yet"));
        }
    }
}
