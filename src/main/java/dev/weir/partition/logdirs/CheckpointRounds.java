package dev.weir.partition.logdirs;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.apache.kafka.common.Uuid;

/**
 * Writes checkpoints in rounds, one at a time: whatever is asked for while a round is under way is written by the next one, each
 * file once. Owned by {@link LogDirsVerticle}.
 */
final class CheckpointRounds {
    private final Writer writer;
    private Map<Uuid, Set<CheckpointFile>> wanted = new HashMap<>();
    private List<Consumer<Set<Uuid>>> waiting = new ArrayList<>();
    private boolean running;
    private boolean closed;

    CheckpointRounds(Writer writer) {
        this.writer = writer;
    }

    /** Asks the shards for their offsets and writes them. */
    @FunctionalInterface
    interface Writer {
        /** @param done hears once, on the owner's thread, of the directories whose files could not be written */
        void write(Map<Uuid, Set<CheckpointFile>> wanted, Consumer<Set<Uuid>> done);
    }

    /**
     * Writes files with what the shards know from now on.
     *
     * @param files by directory
     * @param done hears whether all of them were written
     */
    void ask(Map<Uuid, Set<CheckpointFile>> files, Consumer<Boolean> done) {
        if (closed) {
            done.accept(false);
            return;
        }
        files.forEach((directory, some) -> wanted.computeIfAbsent(directory, id -> EnumSet.noneOf(CheckpointFile.class))
                .addAll(some));
        waiting.add(failed -> done.accept(files.keySet().stream().noneMatch(failed::contains)));
        next();
    }

    /** Takes no more: what comes after the last round of all, which is not of this class, would be older. */
    void close() {
        closed = true;
    }

    private void next() {
        if (running || waiting.isEmpty()) {
            return;
        }
        Map<Uuid, Set<CheckpointFile>> files = wanted;
        List<Consumer<Set<Uuid>>> told = waiting;
        wanted = new HashMap<>();
        waiting = new ArrayList<>();
        if (closed) {
            told.forEach(one -> one.accept(files.keySet()));
            return;
        }
        running = true;
        writer.write(files, failed -> {
            running = false;
            told.forEach(one -> one.accept(failed));
            next();
        });
    }
}
