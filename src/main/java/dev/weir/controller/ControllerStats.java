package dev.weir.controller;

/**
 * Figures of this broker's controller. Those of the cluster are known to the active controller only, and 0 elsewhere.
 *
 * @param active whether it is the active one
 * @param counts of the elections that it has decided since it was started
 * @param leaderless partitions that nobody leads
 * @param notPreferred partitions that are led by another replica than their first
 */
public record ControllerStats(boolean active, Counts counts, int leaderless, int notPreferred) {
    /**
     * Elections by where the leader came from.
     *
     * @param inSync from the ISR
     * @param eligible from the ELR (KIP-966)
     * @param unclean from neither: the last leader, or any replica where that is allowed; acknowledged records may be lost
     */
    public record Counts(long inSync, long eligible, long unclean) {
        static final Counts NONE = new Counts(0, 0, 0);

        Counts plus(Counts others) {
            return new Counts(inSync + others.inSync, eligible + others.eligible, unclean + others.unclean);
        }
    }
}
