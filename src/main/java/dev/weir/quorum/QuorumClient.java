package dev.weir.quorum;

import dev.weir.bus.Address;
import dev.weir.bus.BusException;
import dev.weir.bus.LocalBus;
import io.vertx.core.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.common.protocol.Errors;

/**
 * Asks this broker's replica of the metadata log, for requests of peers that come in over the network. Immutable; shared by
 * all verticles.
 */
public final class QuorumClient {
    private static final int IN_FLIGHT = 10_000;
    private static final int VIEW_TIMEOUT_MS = 5_000;

    /** Where the driver of the quorum takes the requests of peers. */
    public static final Address<QuorumCall, QuorumAnswer> REQUESTS = new Address<>("quorum.requests", IN_FLIGHT);

    /** Where the driver of the quorum describes the quorum. */
    public static final Address<Boolean, QuorumView> VIEW = new Address<>("quorum.view", IN_FLIGHT);

    /** Where the driver of the quorum takes hints that the leader is gone. */
    public static final Address<QuorumEvent.LeaderLost, Boolean> LEADER_LOST =
            new Address<>("quorum.leader-lost", IN_FLIGHT);

    private final LocalBus bus;
    private final KnownReplicas known;

    /**
     * A client.
     *
     * @param known kept up to date by the owner of the metadata log
     */
    public QuorumClient(LocalBus bus, KnownReplicas known) {
        this.bus = bus;
        this.known = known;
    }

    /** Whether that id is a voter's or a registered broker's. */
    public boolean knows(int replicaId) {
        return known.contains(replicaId);
    }

    /** Asks what a peer asks. A fetch may wait for news as long as the request says. */
    public Future<QuorumAnswer> ask(QuorumCall call) {
        return bus.ask(REQUESTS, call);
    }

    /**
     * Tells that the leader seems to be gone. Only a hint: a wrong one costs an election at most.
     *
     * @param rank this voter stands as the {@code rank}-th, from 0
     */
    public void leaderLost(int leaderId, int rank) {
        bus.ask(LEADER_LOST, new QuorumEvent.LeaderLost(leaderId, rank));
    }

    /** Returns who leads and how far everybody is. Fails with REQUEST_TIMED_OUT if the replica says nothing for some seconds. */
    public Future<QuorumView> view() {
        return bus.ask(VIEW, true)
                .timeout(VIEW_TIMEOUT_MS, TimeUnit.MILLISECONDS)
                .recover(cause -> Future.failedFuture(
                        cause instanceof TimeoutException
                                ? new BusException(
                                        Errors.REQUEST_TIMED_OUT,
                                        "this broker's replica of the metadata log says nothing: does its disk hang?")
                                : cause));
    }
}
