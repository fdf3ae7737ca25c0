package dev.weir.cluster;

import dev.weir.bus.Address;
import dev.weir.bus.LocalBus;
import dev.weir.cluster.DetectorEvent.ConnectionClosed;
import dev.weir.cluster.DetectorEvent.SessionEnded;
import dev.weir.cluster.DetectorEvent.Watch;
import io.vertx.core.Future;
import java.util.List;

/**
 * How other verticles ask for the membership, and tell the detection of dead brokers what they see. News comes by
 * {@link ClusterUpdates}. Immutable; shared by all verticles.
 */
public final class ClusterClient {
    private static final int IN_FLIGHT = 1_000;

    static final Address<Boolean, MembershipView> VIEW = new Address<>("cluster.view", IN_FLIGHT);

    private final LocalBus bus;

    public ClusterClient(LocalBus bus) {
        this.bus = bus;
    }

    /** The membership as it is seen now; {@link MembershipView#NONE} if this broker has none. */
    public Future<MembershipView> view() {
        return bus.ask(VIEW, true).otherwise(MembershipView.NONE);
    }

    /**
     * Watches these brokers and no others, of which this broker is never one. The active controller watches every unfenced
     * broker; one that resigns watches none, so that the next one is told again.
     */
    public void watch(List<WatchedBroker> brokers) {
        bus.publish(ClusterUpdates.DETECTOR, new Watch(brokers));
    }

    /** Tells that a connection between this broker and that one has closed, and not by this broker's wish. */
    public void connectionClosed(Life life) {
        bus.publish(ClusterUpdates.DETECTOR, new ConnectionClosed(life));
    }

    /** Tells that a broker's session has ended, so that its death is reported no more. */
    public void sessionEnded(Life life) {
        bus.publish(ClusterUpdates.DETECTOR, new SessionEnded(life));
    }
}
