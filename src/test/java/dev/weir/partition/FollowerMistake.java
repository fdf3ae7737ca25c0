package dev.weir.partition;

/** What may be planted into a simulation of followers; each must be found. */
enum FollowerMistake {
    NONE,
    /** After a cut nothing is checkpointed. */
    FORGETS_CHECKPOINT,
    /** In a new epoch the log is cut at its own high watermark, and not compared. */
    CUTS_AT_HIGH_WATERMARK,
    /** An epoch in which nothing is left after a cut stays in the table, and is named to the leader. */
    KEEPS_EMPTY_EPOCHS,
    /** Nothing is compared in a new epoch of the same leader. */
    TRUSTS_THE_SAME_LEADER
}
