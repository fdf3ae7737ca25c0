package dev.weir.controller.log;

import dev.weir.metadata.ClusterImage;

/** The rules on which the safety of the metadata log rests, beside those of the quorum's core. */
class DriverRules {

    /** The end of what is published and answered: never more than is committed. */
    long releasedEnd(long highWatermark, long decidedEnd) {
        return highWatermark;
    }

    /** The image that a snapshot holds: never one that may be taken back. */
    ClusterImage snapshotted(ClusterImage committed, ClusterImage decided) {
        return committed;
    }

    /** Whether the whole log counts as committed at the start: only for a voter that is alone. */
    boolean isCommitted(boolean alone) {
        return alone;
    }

    /** Whether a controller goes back to what is committed when it leads no more, or its log is truncated. */
    boolean fallsBack() {
        return true;
    }

    /** The end of what a finished sync has made durable: not {@code target} if the log was truncated since. */
    long synced(long completed, long target) {
        return completed;
    }

    /** Whether a sync that failed ends the life of the replica: one that is tried again would not tell. */
    boolean endsAfterFailedSync() {
        return true;
    }

    /** Whether records that had been synced and are gone are missed. */
    boolean missesLostRecords() {
        return true;
    }

    /** Whether a snapshot that outlived its log, or contradicts it, resets the log. */
    boolean joinsLogToSnapshot() {
        return true;
    }
}
