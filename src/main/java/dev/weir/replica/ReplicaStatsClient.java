package dev.weir.replica;

import dev.weir.bus.Address;
import dev.weir.bus.LocalBus;
import io.vertx.core.Future;
import java.util.List;
import java.util.stream.IntStream;

/** Asks the fetchers of all shards for their stats. Immutable. */
public final class ReplicaStatsClient {
    private static final int MAX_IN_FLIGHT = 1_000;

    private final LocalBus bus;
    private final int shards;

    public ReplicaStatsClient(LocalBus bus, int shards) {
        this.bus = bus;
        this.shards = shards;
    }

    static Address<Boolean, ReplicaStats> address(int shard) {
        return new Address<>("replica." + shard + ".stats", MAX_IN_FLIGHT);
    }

    /** The stats of each shard's fetchers, in the order of the shards; each answers or fails on its own. */
    public List<Future<ReplicaStats>> stats() {
        return IntStream.range(0, shards)
                .mapToObj(shard -> bus.ask(address(shard), true))
                .toList();
    }
}
