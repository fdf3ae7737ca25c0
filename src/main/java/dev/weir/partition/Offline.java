package dev.weir.partition;

import dev.weir.partition.logdirs.LogDirAtStart;
import org.apache.kafka.common.TopicPartition;

/**
 * A partition of this broker whose log cannot be used now.
 *
 * @param name its name
 * @param logDir the directory that holds it, or is to hold it
 * @param known what is known of its log
 * @param exists whether there was a log, which must not be made anew where it is missing
 * @param sinceMs when it went offline, or was last tried
 * @param why what ends it
 */
record Offline(TopicPartition name, LogDirAtStart logDir, KnownOffsets known, boolean exists, long sinceMs, Why why) {
    /** How long to wait before a log is opened that could not be opened for now. */
    static final long AGAIN_MS = 10_000;

    /** Why a log cannot be used. */
    enum Why {
        /** Its directory fails or its files are damaged: it is opened when the directory has recovered. */
        UNUSABLE,
        /** Another topic's directory of the same name is in the way. */
        BLOCKED,
        /** It could not be opened for now, though its directory may be well: it is opened again before long. */
        BROKEN_OFF,
        /** It ends below the recovery point in the checkpoint: it is opened when that is written lower. */
        SHORTENED
    }

    /** The same once a sync that ran when it was given up has failed. */
    Offline withFailedSync() {
        return new Offline(name, logDir, known.withFailedSync(), exists, sinceMs, why);
    }

    /** The same for another reason, with another recovery point. */
    Offline with(Why other, long recoveryPoint) {
        return new Offline(name, logDir, known.withRecoveryPoint(recoveryPoint), exists, sinceMs, other);
    }

    boolean blocked() {
        return why == Why.BLOCKED;
    }

    boolean isShortened() {
        return why == Why.SHORTENED;
    }

    boolean isDueAgain(long nowMs) {
        return why == Why.BROKEN_OFF && nowMs - sinceMs >= AGAIN_MS;
    }
}
