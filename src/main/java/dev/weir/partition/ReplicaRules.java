package dev.weir.partition;

/** What leaders of a shard need to know of the cluster to judge their followers. */
interface ReplicaRules {
    /** Named by a follower whose broker epoch is unknown. */
    long NO_BROKER_EPOCH = -1;

    /** Whether a broker is registered, unfenced and not leaving, so that it may be in sync. */
    boolean isActive(int brokerId);

    /** Whether it is so in the incarnation that has this broker epoch. */
    boolean isActive(int brokerId, long brokerEpoch);

    /** Whether a broker is registered and unfenced: others wait for what it has to say. */
    boolean isAlive(int brokerId);

    /** The broker epoch of this broker's registration; {@link #NO_BROKER_EPOCH} while the metadata has none. */
    long ownEpoch();

    /** How long a follower may be behind, {@code replica.lag.time.max.ms}. */
    long lagMs();
}
