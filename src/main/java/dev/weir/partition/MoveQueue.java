package dev.weir.partition;

import dev.weir.partition.client.PartitionKey;
import dev.weir.partition.logdirs.LogDirAtStart;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Moves that are yet to begin, in the order in which they were asked for. Each gets its directory, empty, soon after it was asked
 * for, so that a stop does not forget it; its log is opened when it begins. Owned by the shard through {@link LogMoves}.
 */
final class MoveQueue {
    private static final Logger LOG = LoggerFactory.getLogger(MoveQueue.class);

    private final LogOpener opener;
    private final DeletedLogs deleted;
    private final Map<PartitionKey, Waiting> waiting = new LinkedHashMap<>();

    MoveQueue(LogOpener opener, DeletedLogs deleted) {
        this.opener = opener;
        this.deleted = deleted;
    }

    /** A move that is yet to begin. */
    static final class Waiting {
        final PartitionKey key;
        final TopicPartition name;
        final LogDirAtStart target;
        /** What is known of what the directory holds. */
        final KnownOffsets known;
        /** Whether what the directory holds cannot be gone on with. */
        final boolean stale;

        private @Nullable Path path;

        private Waiting(
                PartitionKey key,
                TopicPartition name,
                LogDirAtStart target,
                KnownOffsets known,
                boolean stale,
                @Nullable Path path) {
            this.key = key;
            this.name = name;
            this.target = target;
            this.known = known;
            this.stale = stale;
            this.path = path;
        }

        /** The directory to go on with. */
        Optional<Path> usable() {
            return stale ? Optional.empty() : Optional.ofNullable(path);
        }

        /** Where the copy ends. */
        long end() {
            return Math.max(0, known.recoveryPoint());
        }
    }

    Collection<Waiting> all() {
        return waiting.values();
    }

    @Nullable
    Waiting find(PartitionKey key) {
        return waiting.get(key);
    }

    /** A move that was asked for. */
    void add(Partition partition, LogDirAtStart target) {
        put(new Waiting(partition.key, partition.name(), target, KnownOffsets.NOTHING, false, null));
    }

    /** A move that the last run left. */
    void addFound(Partition partition, LogDirAtStart target, Path path) {
        KnownOffsets known =
                target.clean() ? KnownOffsets.checkpointed(target, partition.name()) : KnownOffsets.NOTHING;
        put(new Waiting(partition.key, partition.name(), target, known, !target.clean(), path));
    }

    private void put(Waiting move) {
        waiting.put(move.key, move);
    }

    /** Takes the first move that can begin out of the queue. */
    Optional<Waiting> take(Predicate<Waiting> canBegin) {
        Optional<Waiting> first = waiting.values().stream().filter(canBegin).findFirst();
        first.ifPresent(move -> waiting.remove(move.key));
        return first;
    }

    /** Takes a move out of the queue for good; answers it, if there is one. */
    Optional<Waiting> remove(PartitionKey key, long nowMs) {
        Optional<Waiting> gone = Optional.ofNullable(waiting.remove(key));
        gone.ifPresent(move -> discard(move, nowMs));
        return gone;
    }

    /** Removes what the last run, or the wait, left of a move that has no use for it. */
    void discard(Waiting move, long nowMs) {
        Path path = move.path;
        if (path == null) {
            return;
        }
        move.path = null;
        try {
            deleted.add(move.target, move.target.directory().markDeleted(path, opener.newId()), nowMs);
        } catch (IOException e) {
            LOG.warn("Cannot remove {}: {}", path, e.getMessage());
        }
    }

    /** Whether some move has no directory yet. */
    boolean needsDirectory() {
        return waiting.values().stream().anyMatch(move -> move.path == null);
    }

    /** Makes the directory of one move that has none; one that cannot have any is not to be moved, and is answered. */
    Optional<Waiting> makeDirectory(long nowMs) {
        Optional<Waiting> next =
                waiting.values().stream().filter(move -> move.path == null).findFirst();
        if (next.isEmpty()) {
            return Optional.empty();
        }
        Waiting move = next.get();
        try {
            move.path = opener.makeFuture(move.key, move.name, move.target, nowMs);
            return Optional.empty();
        } catch (IOException e) {
            LOG.error("{} stays where it is, it cannot be moved to {}", move.name, move.target.path(), e);
            waiting.remove(move.key);
            return next;
        }
    }
}
