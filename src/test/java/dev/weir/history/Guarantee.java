package dev.weir.history;

/** What a producer was promised, which decides what the checker holds against the cluster. */
public enum Guarantee {
    /** acks=all and idempotence: an acknowledged record is there, once, and in the order of sending. */
    EXACTLY_ONCE(true, true),
    /** acks=all without retries: an acknowledged record is there. */
    ACKNOWLEDGED(true, false),
    /** acks=1: an acknowledged record may be lost with its leader. */
    LEADER_ONLY(false, false),
    /** acks=0: nothing is acknowledged. */
    NONE(false, false);

    final boolean durable;
    final boolean ordered;

    Guarantee(boolean durable, boolean ordered) {
        this.durable = durable;
        this.ordered = ordered;
    }
}
