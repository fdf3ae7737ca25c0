package dev.weir.controller;

import dev.weir.bus.Address;
import dev.weir.bus.LocalBus;
import io.vertx.core.Future;

/** Asks this broker's one supply of producer ids. Immutable; shared by all verticles. */
public final class ProducerIdClient {
    private static final int IN_FLIGHT = 10_000;

    static final Address<Boolean, Long> NEXT = new Address<>("producer-ids.next", IN_FLIGHT);

    private final LocalBus bus;

    public ProducerIdClient(LocalBus bus) {
        this.bus = bus;
    }

    /**
     * An id that no producer of the cluster has. Fails with COORDINATOR_LOAD_IN_PROGRESS if the controller has given none within
     * a second; the producer asks again then.
     */
    public Future<Long> next() {
        return bus.ask(NEXT, true);
    }
}
