package dev.weir.controller;

/** The mistakes that {@link ControllerSimulation} must find: what is done to a decision, or to the request before it. */
enum ControllerMistake {
    NONE,
    /** A broker that was not stopped cleanly keeps its seat. */
    UNCLEAN_RESTART_TAKEN_FOR_CLEAN,
    /** Nobody is eligible who leaves a small ISR. */
    LEAVING_THE_ISR_FORGETS,
    /** Those who are eligible stay so when enough are in sync. */
    ELR_KEPT_WITH_A_FULL_ISR,
    /** An altered min.insync.replicas clears no ELR. */
    MIN_ISR_ALTERED_WITHOUT_CONSEQUENCES,
    /** A replica is taken into the ISR whatever incarnation was found in sync. */
    BROKER_EPOCH_NOT_CHECKED,
    /** A log that is lost is taken for one that is only away. */
    LOST_LOG_STAYS_ELIGIBLE,
    /** The fence is recorded, the leaders are not moved. */
    FENCED_BROKER_LEADS_ON,
    /** A new leader goes on in the epoch of the former one. */
    EPOCH_NOT_RAISED,
    /** A broker is let go while others still send it clients. */
    LET_GO_TOO_EARLY,
    /** Nothing is done for partitions that a decision cut short has left without a leader. */
    TERM_BEGINS_WITHOUT_A_LOOK
}
