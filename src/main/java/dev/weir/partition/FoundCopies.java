package dev.weir.partition;

import dev.weir.partition.logdirs.LogDirAtStart;
import dev.weir.partition.logdirs.LogDirAtStart.Found;
import dev.weir.storage.directory.CopyMark;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiPredicate;
import java.util.function.Supplier;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The {@code -future} directories found at start. Where the partition has its live directory, the newest of them is gone on with
 * and the others, which a sick disk may have kept, are removed. Where it has none, the move had got as far as to give up the old
 * directory, and the copy that is marked as complete becomes the log. Copies without a mark are a part of a log that is not here:
 * they stay and are never served, and say that the log is to be missed, see {@link AbsentLogs}. Used once, by {@link FoundLogs}.
 */
final class FoundCopies {
    private static final Logger LOG = LoggerFactory.getLogger(FoundCopies.class);

    /** By the time in the name, see {@link LogOpener#makeFuture}. */
    private static final Comparator<Path> NEWEST = Comparator.comparing(path -> String.valueOf(path.getFileName()));

    static final Comparator<Marked> NEWEST_COMPLETE =
            Comparator.comparingInt((Marked copy) -> copy.mark.leaderEpoch()).thenComparing(Marked::path, NEWEST);

    private final Supplier<String> ids;
    private final BiPredicate<TopicPartition, LogDirAtStart> mayBeThere;
    private final Map<TopicPartition, List<Copy>> copies = new LinkedHashMap<>();

    /**
     * @param ids makes names unique
     * @param mayBeThere whether the metadata does not say that a log is elsewhere: it is told before a copy is complete
     */
    FoundCopies(Supplier<String> ids, BiPredicate<TopicPartition, LogDirAtStart> mayBeThere) {
        this.ids = ids;
        this.mayBeThere = mayBeThere;
    }

    private record Copy(LogDirAtStart logDir, Found found, Optional<CopyMark> mark) {
        Marked marked() {
            return new Marked(found.path(), mark.orElseThrow());
        }
    }

    /** A copy that is complete. */
    record Marked(Path path, CopyMark mark) {}

    /** One that was found; one that is not known is of no use. */
    void add(LogDirAtStart logDir, Found copy, boolean known) {
        if (!known) {
            remove(logDir, copy.path());
            return;
        }
        Optional<CopyMark> mark = Optional.empty();
        try {
            mark = logDir.directory().readCopyMark(copy.path());
        } catch (IOException e) {
            LOG.error("Cannot read in {}", copy.path(), e);
        }
        copies.computeIfAbsent(copy.partition(), name -> new ArrayList<>()).add(new Copy(logDir, copy, mark));
    }

    /**
     * Settles all of them.
     *
     * @param kept the live directories in each log dir, which those that become live join
     * @param live the partitions that have one
     */
    List<LogDirAtStart> settle(List<LogDirAtStart> logDirs, List<List<Found>> kept, Set<TopicPartition> live) {
        List<List<Found>> goneOnWith = new ArrayList<>();
        logDirs.forEach(logDir -> goneOnWith.add(new ArrayList<>()));
        copies.forEach((name, found) -> {
            Copy used = live.contains(name) ? newest(logDirs, kept, found) : complete(found);
            if (used == null && !live.contains(name)) {
                found.forEach(
                        copy -> goneOnWith.get(logDirs.indexOf(copy.logDir)).add(copy.found));
                return;
            }
            if (used != null) {
                int logDir = logDirs.indexOf(used.logDir);
                if (live.contains(name)) {
                    goOn(used, goneOnWith.get(logDir));
                } else {
                    makeLive(used, kept.get(logDir));
                }
            }
            found.stream().filter(copy -> copy != used).forEach(copy -> remove(copy.logDir, copy.found.path()));
        });
        List<LogDirAtStart> settled = new ArrayList<>();
        for (int i = 0; i < logDirs.size(); i++) {
            settled.add(logDirs.get(i).with(kept.get(i), goneOnWith.get(i)));
        }
        return settled;
    }

    /** The newest of those that are not where the log is. */
    private static @Nullable Copy newest(List<LogDirAtStart> logDirs, List<List<Found>> kept, List<Copy> found) {
        return found.stream()
                .filter(copy -> kept.get(logDirs.indexOf(copy.logDir)).stream()
                        .noneMatch(f -> f.partition().equals(copy.found.partition())))
                .max(Comparator.comparing(copy -> copy.found.path(), NEWEST))
                .orElse(null);
    }

    private @Nullable Copy complete(List<Copy> found) {
        return found.stream()
                .filter(copy -> copy.mark.isPresent() && mayBeThere.test(copy.found.partition(), copy.logDir))
                .max(Comparator.comparing(Copy::marked, NEWEST_COMPLETE))
                .orElse(null);
    }

    private static void goOn(Copy copy, List<Found> futures) {
        try {
            // It may be started over; a crash must not find it marked then.
            copy.logDir.directory().removeCopyMark(copy.found.path());
            futures.add(copy.found);
        } catch (IOException e) {
            LOG.error("Cannot go on with {}", copy.found.path(), e);
        }
    }

    private static void makeLive(Copy copy, List<Found> kept) {
        TopicPartition name = copy.found.partition();
        // Where it fails the log counts as found all the same: whoever misses it there waits for it.
        kept.add(new Found(name, copy.found.topicId(), copy.logDir.directory().partitionPath(name)));
        try {
            Path path = copy.logDir.directory().makeLive(copy.found.path());
            LOG.info("The move of {} to {} is completed", name, copy.logDir.path());
            copy.logDir.directory().removeCopyMark(path);
        } catch (IOException e) {
            LOG.error("Cannot settle {}", copy.found.path(), e);
        }
    }

    private void remove(LogDirAtStart logDir, Path path) {
        try {
            logDir.directory().removeDeleted(logDir.directory().markDeleted(path, ids.get()));
        } catch (IOException e) {
            LOG.error("Cannot remove {}", path, e);
        }
    }
}
