package dev.weir.partition.client;

import dev.weir.bus.Address;
import dev.weir.bus.BusException;
import dev.weir.bus.LocalBus;
import dev.weir.partition.client.FollowerMessages.FollowerTurn;
import dev.weir.partition.client.FollowerMessages.Outcome;
import io.vertx.core.Future;
import java.util.Collections;
import java.util.List;

/** How the fetchers of one shard's replicas reach that shard. Immutable. */
public final class FollowerClient {
    private static final int MAX_IN_FLIGHT = 10_000;

    private final LocalBus bus;
    private final Address<FollowerTurn, List<Outcome>> address;

    public FollowerClient(LocalBus bus, int shard) {
        this.bus = bus;
        this.address = address(shard);
    }

    /** Where a shard takes turns. */
    public static Address<FollowerTurn, List<Outcome>> address(int shard) {
        return new Address<>("partition." + shard + ".follow", MAX_IN_FLIGHT);
    }

    /** Never fails: each entry gets its outcome, in their order, also when the shard refuses as a whole. */
    public Future<List<Outcome>> follow(FollowerTurn turn) {
        return bus.ask(address, turn)
                .otherwise(cause -> Collections.nCopies(
                        turn.entries().size(),
                        new Outcome.Refused(BusException.errorOf(cause), String.valueOf(cause.getMessage()))));
    }
}
