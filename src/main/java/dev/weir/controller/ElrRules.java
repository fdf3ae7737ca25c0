package dev.weir.controller;

import dev.weir.metadata.ClusterImage;

/** Whether a cluster keeps track of the replicas that are eligible to lead without being in sync (KIP-966). Stateless. */
final class ElrRules {
    /** The feature whose level 1 switches it on. */
    static final String FEATURE = "eligible.leader.replicas.version";

    private static final short OFF = 0;

    private ElrRules() {}

    /** Whether it is on. If not, the last member of an ISR stays in it, as before KIP-966. */
    static boolean areOn(ClusterImage image) {
        return image.features().getOrDefault(FEATURE, OFF) > OFF;
    }
}
