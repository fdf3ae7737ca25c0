package dev.weir.controller;

import dev.weir.metadata.ClusterImage;

/**
 * What holds for all partitions of a topic when one of them is decided on. Immutable.
 *
 * @param elr whether replicas that are eligible to lead are tracked (KIP-966), so that the ISR may become empty
 * @param minIsr {@code min.insync.replicas}, at least 1
 * @param unclean {@code unclean.leader.election.enable}: whether a replica that may lack committed records can lead
 */
record TopicRules(boolean elr, int minIsr, boolean unclean) {
    static TopicRules of(ConfigRules rules, ClusterImage image, String topic) {
        return new TopicRules(
                ElrRules.areOn(image),
                rules.minInsyncReplicas(image, topic),
                rules.allowsUncleanElection(image, topic));
    }

    /** How many members the ISR needs, so that more can be committed; no more than there are replicas. */
    int minIsrOf(int replicas) {
        return Math.min(minIsr, replicas);
    }

    /** The election that keeps a partition with a leader: unclean only where that is allowed. */
    PartitionChange.Election election() {
        return unclean ? PartitionChange.Election.UNCLEAN : PartitionChange.Election.ONLINE;
    }
}
