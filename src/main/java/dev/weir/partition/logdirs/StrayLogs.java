package dev.weir.partition.logdirs;

import dev.weir.metadata.ClusterImage;
import dev.weir.storage.directory.LogDirectory;
import dev.weir.storage.directory.PartitionDirectory;
import dev.weir.storage.file.LogCorruptException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.apache.kafka.common.Uuid;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The directories that were set aside as {@code -stray}. Those of topics that were deleted while this broker was down are removed
 * when they have been kept for a while; Kafka leaves them to the operator. If the topic is there, or it is unknown which one it was,
 * nothing is removed. Owned by {@link LogDirsVerticle}.
 *
 * <p>A topic's id is never given to another one, so that one that is not in an image that has caught up will not be in a later one.
 */
final class StrayLogs {
    private static final Logger LOG = LoggerFactory.getLogger(StrayLogs.class);

    private final List<LogDirAtStart> logDirs;
    private final long keepMs;
    private final Set<Path> told = new HashSet<>();

    /** @param keepMs {@code log.stray.delete.delay.ms}; negative for ever */
    StrayLogs(List<LogDirAtStart> logDirs, long keepMs) {
        this.logDirs = logDirs;
        this.keepMs = keepMs;
    }

    /**
     * Removes what was kept long enough.
     *
     * @param image which has reached the registration of this broker
     * @param nowMs wall clock
     */
    void look(ClusterImage image, long nowMs) {
        for (LogDirAtStart logDir : logDirs) {
            try {
                for (PartitionDirectory found : logDir.directory().partitions()) {
                    if (found.kind() == PartitionDirectory.Kind.STRAY) {
                        look(logDir.directory(), found.path(), image, nowMs);
                    }
                }
            } catch (IOException e) {
                LOG.warn("Cannot look for logs that were set aside in {}: {}", logDir.path(), e.toString());
            }
        }
    }

    private void look(LogDirectory directory, Path path, ClusterImage image, long nowMs) {
        try {
            Optional<Uuid> topic = topicId(directory, path);
            boolean gone = topic.isPresent() && image.topic(topic.get()).isEmpty();
            if (!gone || keepMs < 0) {
                tell(path, topic.isEmpty() ? "it is unknown which topic it is of" : gone ? "" : "its topic is there");
                return;
            }
            Optional<Long> known = directory.straySince(path);
            long since = known.orElse(nowMs);
            if (known.isEmpty()) {
                directory.markStraySince(path, since);
            }
            if (nowMs - since >= keepMs) {
                directory.removeDeleted(directory.markDeleted(path, newId()));
                LOG.info("{}, of a topic that was deleted, is removed", path);
            } else if (told.add(path)) {
                LOG.warn(
                        "{} is of a topic that was deleted while this broker was down. It is removed after {}"
                                + " (log.stray.delete.delay.ms)",
                        path,
                        Instant.ofEpochMilli(since + keepMs));
            }
        } catch (IOException e) {
            LOG.warn("Cannot remove {}, will try again: {}", path, e.toString());
        }
    }

    private static Optional<Uuid> topicId(LogDirectory directory, Path path) throws IOException {
        try {
            return directory.readTopicId(path).filter(id -> !id.equals(Uuid.ZERO_UUID));
        } catch (LogCorruptException e) {
            return Optional.empty();
        }
    }

    private void tell(Path path, String why) {
        if (told.add(path)) {
            LOG.warn("Leaving {} alone{}", path, why.isEmpty() ? "" : ": " + why);
        }
    }

    private static String newId() {
        return UUID.randomUUID().toString().replace("-", "");
    }
}
