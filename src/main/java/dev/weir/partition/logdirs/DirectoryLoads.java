package dev.weir.partition.logdirs;

import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;

/**
 * How many partitions each log directory holds, over all shards, so that new ones are spread evenly, and which go where. A partition that is being
 * moved counts in both. Thread safe; shared by the shards.
 */
public final class DirectoryLoads {
    private static final int MOST_WISHES = 10_000;

    private final Map<Uuid, Integer> partitions = new HashMap<>();
    /** Where partitions that are not here yet are to go, as an administrator has said; no more are taken than a bound. */
    private final Map<TopicPartition, LogDirAtStart> wishes = new HashMap<>();

    /** Counts what was found at start. */
    public DirectoryLoads(List<LogDirAtStart> logDirs) {
        logDirs.forEach(logDir -> partitions.put(
                logDir.id(), logDir.found().size() + logDir.futures().size()));
    }

    public synchronized void wish(TopicPartition name, LogDirAtStart logDir) {
        if (wishes.size() < MOST_WISHES || wishes.containsKey(name)) {
            wishes.put(name, logDir);
        }
    }

    /** Takes a directory for one partition more: the one wished for, else that with the fewest, as Kafka does. */
    public synchronized LogDirAtStart take(TopicPartition name, List<LogDirAtStart> candidates) {
        LogDirAtStart wished = wishes.remove(name);
        if (wished != null && candidates.contains(wished)) {
            add(wished);
            return wished;
        }
        LogDirAtStart fewest = candidates.stream()
                .min(Comparator.comparing(logDir -> partitions.getOrDefault(logDir.id(), 0)))
                .orElseThrow();
        add(fewest);
        return fewest;
    }

    public synchronized void add(LogDirAtStart logDir) {
        partitions.merge(logDir.id(), 1, Integer::sum);
    }

    public synchronized void release(LogDirAtStart logDir) {
        partitions.merge(logDir.id(), -1, Integer::sum);
    }
}
