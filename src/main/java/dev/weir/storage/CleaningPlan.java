package dev.weir.storage;

import dev.weir.config.LogConfig;
import dev.weir.storage.file.LogFiles;
import dev.weir.storage.producer.AbortedTransaction;
import dev.weir.storage.producer.ProducerEntry;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;

/**
 * One compaction of one log: what it reads and by which rules. Made by the log's owner, then immutable; {@link
 * CleaningRun} carries it out on another thread.
 */
public final class CleaningPlan {
    /** A segment to be read: the file's place, for the run, and the segment itself, for the owner to know it again. */
    record Source(LogSegment segment, SegmentFacts facts, Path path) {}

    private final TopicPartition partition;
    private final LogFiles files;
    private final Path directory;
    private final LogConfig config;
    private final CleanableRange range;
    private final List<Source> sources;
    private final List<AbortedTransaction> aborted;
    private final Map<Long, ProducerEntry> producers;
    private final long nowMs;
    private final int generation;

    CleaningPlan(
            LogState log,
            CleanableRange range,
            List<Source> sources,
            List<AbortedTransaction> aborted,
            Map<Long, ProducerEntry> producers,
            long nowMs) {
        this.partition = log.partition;
        this.files = log.files();
        this.directory = log.directory;
        this.config = log.config;
        this.range = range;
        this.sources = List.copyOf(sources);
        this.aborted = List.copyOf(aborted);
        this.producers = Map.copyOf(producers);
        this.nowMs = nowMs;
        this.generation = log.generation;
    }

    public TopicPartition partition() {
        return partition;
    }

    /** Share of bytes that no compaction has seen, of all that it may look at: the log with the largest comes first. */
    public double dirtyRatio() {
        return range.dirtyRatio();
    }

    /** Whether records are older than {@code max.compaction.lag.ms}. */
    public boolean overdue() {
        return range.overdue();
    }

    LogFiles files() {
        return files;
    }

    Path directory() {
        return directory;
    }

    LogConfig config() {
        return config;
    }

    CleanableRange range() {
        return range;
    }

    /** Every segment below the range's end, in offset order. */
    List<Source> sources() {
        return sources;
    }

    List<AbortedTransaction> aborted() {
        return aborted;
    }

    Map<Long, ProducerEntry> producers() {
        return producers;
    }

    long nowMs() {
        return nowMs;
    }

    int generation() {
        return generation;
    }
}
