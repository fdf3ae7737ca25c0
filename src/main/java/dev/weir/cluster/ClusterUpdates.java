package dev.weir.cluster;

import dev.weir.bus.Broadcast;

/** Where news of other brokers is announced. */
public final class ClusterUpdates {
    /** Each change of the membership. Hints only. */
    public static final Broadcast<MembershipUpdate> MEMBERSHIP = new Broadcast<>("cluster.membership");

    /** Each watched broker that is found dead, for the controller to fence. */
    public static final Broadcast<BrokerDied> DEATHS = new Broadcast<>("cluster.deaths");

    /** From the library's threads to {@link ClusterVerticle}. */
    static final Broadcast<MemberNews> MEMBERS = new Broadcast<>("cluster.members");

    /** From clients to {@link FailureDetectorVerticle}. */
    static final Broadcast<DetectorEvent> DETECTOR = new Broadcast<>("cluster.detector");

    private ClusterUpdates() {}
}
