package dev.weir.storage;

import dev.weir.config.LogConfig;
import dev.weir.config.TestLogConfig;
import dev.weir.storage.file.InterceptedLogFiles;
import dev.weir.storage.producer.ProducerEntry;
import dev.weir.storage.producer.ProducerStateManager;
import java.util.Collection;

/** What may be planted into a simulated log besides wrong files: wrong facts for its recovery and its compaction. */
interface LogMistake extends InterceptedLogFiles.Mistake {
    LogMistake NONE = new LogMistake() {};

    /** What a compaction is planned with. */
    record CleaningFacts(
            long lastStableOffset, long checkpoint, Collection<ProducerEntry> producers, long nowMs, LogConfig config) {

        CleaningFacts withStableOffset(long changed) {
            return new CleaningFacts(changed, checkpoint, producers, nowMs, config);
        }

        CleaningFacts withCheckpoint(long changed) {
            return new CleaningFacts(lastStableOffset, changed, producers, nowMs, config);
        }

        CleaningFacts withProducers(Collection<ProducerEntry> changed) {
            return new CleaningFacts(lastStableOffset, checkpoint, changed, nowMs, config);
        }

        CleaningFacts withNow(long changed) {
            return new CleaningFacts(lastStableOffset, checkpoint, producers, changed, config);
        }

        /** The same but for what is said of tombstones and of records that are too young. */
        CleaningFacts withTimes(long deleteRetentionMs, long minCompactionLagMs) {
            LogConfig changed = TestLogConfig.of(c -> {
                c.segmentBytes = config.segmentBytes();
                c.indexIntervalBytes = config.indexIntervalBytes();
                c.indexBytes = config.indexBytes();
                c.compact = config.compact();
                c.delete = config.delete();
                c.minCleanableDirtyRatio = config.minCleanableDirtyRatio();
                c.maxCompactionLagMs = config.maxCompactionLagMs();
                c.deleteRetentionMs = deleteRetentionMs;
                c.minCompactionLagMs = minCompactionLagMs;
            });
            return new CleaningFacts(lastStableOffset, checkpoint, producers, nowMs, changed);
        }
    }

    /** Whether the batches of one request are staged one by one, so that one that breaks off leaves some of them staged. */
    default boolean stagesInParts() {
        return false;
    }

    /** Whether the producers go on as if what could not be staged were staged. */
    default boolean forgetsTakeBack() {
        return false;
    }

    /** Whether what was staged stays staged when a write breaks off, though its memory belongs to others then. */
    default boolean leavesStaged() {
        return false;
    }

    /** Whether the producers are not told where the log starts. */
    default boolean forgetsLogStart() {
        return false;
    }

    /** Whether the producers of a log that was opened are not told what is replicated. */
    default boolean forgetsHighWatermark() {
        return false;
    }

    /** Whether a coordinator's markers are taken unseen. */
    default boolean takesAnyMarker() {
        return false;
    }

    /** Where readers of committed records stop. */
    default long lastStableOffset(ProducerStateManager producers, long logStartOffset, long highWatermark) {
        return producers.lastStableOffset(logStartOffset, highWatermark);
    }

    /** Whether a log goes on that must be opened again. */
    default boolean goesOnInDoubt() {
        return false;
    }

    /** What is handed over in place of what is true. */
    default CleaningFacts cleaning(CleaningFacts facts) {
        return facts;
    }

    /** What a log is opened with in place of what is true. */
    default OpenOptions opening(OpenOptions options) {
        return options;
    }
}
