package dev.weir.partition;

import java.util.HashMap;
import java.util.Map;

/** Brokers as a test says they are; their first broker epoch is 40 and their id. */
final class FixedRules implements ReplicaRules {
    static final long LAG_MS = 1_000;

    final Map<Integer, Long> active = new HashMap<>(Map.of(1, 41L, 2, 42L, 3, 43L));
    private final int self;

    FixedRules(int self) {
        this.self = self;
    }

    @Override
    public boolean isActive(int brokerId) {
        return active.containsKey(brokerId);
    }

    @Override
    public boolean isActive(int brokerId, long brokerEpoch) {
        return active.getOrDefault(brokerId, NO_BROKER_EPOCH) == brokerEpoch && brokerEpoch >= 0;
    }

    @Override
    public boolean isAlive(int brokerId) {
        return isActive(brokerId);
    }

    @Override
    public long ownEpoch() {
        return active.getOrDefault(self, NO_BROKER_EPOCH);
    }

    @Override
    public long lagMs() {
        return LAG_MS;
    }
}
