package dev.weir.partition.logdirs;

import dev.weir.partition.client.PartitionKey;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.common.Uuid;

/**
 * Which log directories the metadata is yet to be told of, by partition. One request is under way at a time; what comes
 * meanwhile is gathered for the next, and a newer directory of a partition takes the place of an older one. Owned by {@link
 * LogDirsVerticle}.
 */
final class DirectoryAssignments {
    /** As many as Kafka puts into one request. */
    static final int MOST = 2_250;

    private final Map<PartitionKey, Uuid> waiting = new LinkedHashMap<>();
    private final Map<PartitionKey, List<Runnable>> told = new HashMap<>();
    private Map<PartitionKey, Uuid> underWay = Map.of();

    /** @param done runs when the metadata knows of this directory, or of a newer one */
    void add(PartitionKey key, Uuid directory, Runnable done) {
        waiting.remove(key);
        waiting.put(key, directory);
        told.computeIfAbsent(key, k -> new ArrayList<>()).add(done);
    }

    /** What to say next; empty where nothing is to be said, or an answer is awaited. */
    Optional<Map<PartitionKey, Uuid>> next() {
        if (!underWay.isEmpty() || waiting.isEmpty()) {
            return Optional.empty();
        }
        Map<PartitionKey, Uuid> batch = new LinkedHashMap<>();
        waiting.entrySet().stream().limit(MOST).forEach(e -> batch.put(e.getKey(), e.getValue()));
        waiting.keySet().removeAll(batch.keySet());
        underWay = batch;
        return Optional.of(batch);
    }

    /** The request under way was taken. */
    void taken() {
        List<Runnable> done = new ArrayList<>();
        for (PartitionKey key : underWay.keySet()) {
            if (!waiting.containsKey(key)) {
                done.addAll(told.remove(key));
            }
        }
        underWay = Map.of();
        done.forEach(Runnable::run);
    }

    /** The request under way failed: all of it is to be said again. */
    void failed() {
        underWay.forEach(waiting::putIfAbsent);
        underWay = Map.of();
    }
}
