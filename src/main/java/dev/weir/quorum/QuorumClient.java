package dev.weir.quorum;

import dev.weir.bus.Address;
import dev.weir.bus.BusException;
import dev.weir.bus.LocalBus;
import io.vertx.core.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.function.Supplier;
import org.apache.kafka.common.protocol.Errors;

/**
 * Asks this broker's replica of the metadata log, for requests of peers that come in over the network. Immutable; shared by
 * all verticles.
 */
public final class QuorumClient {
    private static final int IN_FLIGHT = 10_000;
    private static final int VIEW_TIMEOUT_MS = 5_000;
    private static final int OF_OTHERS_IN_FLIGHT = 256;

    private static final Address<QuorumCall, QuorumAnswer> REQUESTS = new Address<>("quorum.requests", IN_FLIGHT);
    private static final Address<QuorumCall, QuorumAnswer> OF_STRANGERS =
            new Address<>("quorum.requests-of-strangers", OF_OTHERS_IN_FLIGHT);
    private static final Address<Boolean, QuorumView> VIEW = new Address<>("quorum.view", IN_FLIGHT);
    private static final Address<Boolean, QuorumView> VIEW_FOR_CLIENTS =
            new Address<>("quorum.view-for-clients", OF_OTHERS_IN_FLIGHT);

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

    /** Serves the requests of peers, on the context of the quorum's driver. */
    public static void serveRequests(LocalBus bus, Function<QuorumCall, Future<QuorumAnswer>> driver) {
        bus.serve(REQUESTS, driver);
        bus.serve(OF_STRANGERS, driver);
    }

    /** Describes the quorum to whoever asks, on the context of the quorum's driver. */
    public static void serveViews(LocalBus bus, Supplier<Future<QuorumView>> driver) {
        bus.serve(VIEW, ignored -> driver.get());
        bus.serve(VIEW_FOR_CLIENTS, ignored -> driver.get());
    }

    /**
     * Asks what a peer asks. A fetch may wait for news as long as the request says. Fails with THROTTLING_QUOTA_EXCEEDED if too
     * many wait already: a few of strangers, and many of the replicas that are known.
     */
    public Future<QuorumAnswer> ask(QuorumCall call) {
        return bus.ask(knows(call.request().speaker()) ? REQUESTS : OF_STRANGERS, call);
    }

    /**
     * Tells that the leader seems to be gone. Only a hint: a wrong one costs an election at most.
     *
     * @param rank this voter stands as the {@code rank}-th, from 0
     */
    public void leaderLost(int leaderId, int rank) {
        bus.ask(LEADER_LOST, new QuorumEvent.LeaderLost(leaderId, rank));
    }

    /**
     * Returns who leads and how far everybody is, for what this broker has to do by itself. Fails with REQUEST_TIMED_OUT if the
     * replica says nothing for some seconds.
     */
    public Future<QuorumView> view() {
        return inTime(bus.ask(VIEW, true));
    }

    /** The same, for a client's request. Fails with THROTTLING_QUOTA_EXCEEDED if too many clients wait for it. */
    public Future<QuorumView> viewForClient() {
        return inTime(bus.ask(VIEW_FOR_CLIENTS, true));
    }

    private static Future<QuorumView> inTime(Future<QuorumView> view) {
        return view.timeout(VIEW_TIMEOUT_MS, TimeUnit.MILLISECONDS)
                .recover(cause -> Future.failedFuture(
                        cause instanceof TimeoutException
                                ? new BusException(
                                        Errors.REQUEST_TIMED_OUT,
                                        "this broker's replica of the metadata log says nothing: does its disk hang?")
                                : cause));
    }
}
