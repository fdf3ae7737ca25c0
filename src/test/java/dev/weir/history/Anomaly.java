package dev.weir.history;

import java.util.List;

/**
 * A proof that the cluster broke a promise.
 *
 * @param evidence the events of the history that show it, in order
 */
public record Anomaly(Kind kind, int partition, String what, List<String> evidence) {
    /** The kinds, named as Jepsen names them where it has them. */
    public enum Kind {
        /** An acknowledged record is not in the final log. */
        LOST_WRITE,
        /** A record of an idempotent producer, or any acknowledged one, is in the log more than once. */
        DUPLICATE,
        /** One offset was seen with two values, or a record was acknowledged at another offset than it is at. */
        INCONSISTENT_OFFSETS,
        /** A consumer was given a record that is not in the final log: it read what was not committed. */
        DIRTY_READ,
        /** A record that nobody sent. */
        PHANTOM,
        /** A consumer went back without having been told to. */
        NONMONOTONIC_POLL,
        /** A consumer passed over a record. */
        SKIPPED_POLL,
        /** A later record of a producer was acknowledged at a lower offset. */
        NONMONOTONIC_SEND,
        /** The records of an idempotent producer are in the log in another order than they were sent in. */
        REORDERED,
        /** A committed record below the offset that its group committed was given to no member of it. */
        UNSEEN,
        /** A committed offset went back. */
        LOST_COMMIT
    }

    @Override
    public String toString() {
        return kind + " in partition " + partition + ": " + what + "\n    " + String.join("\n    ", evidence);
    }
}
