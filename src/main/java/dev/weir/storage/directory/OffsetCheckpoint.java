package dev.weir.storage.directory;

import dev.weir.storage.file.CheckpointText;
import dev.weir.storage.file.DamagedFileException;
import dev.weir.storage.file.LogFiles;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One of the checkpoint files of a log directory that give an offset for each partition. */
final class OffsetCheckpoint {
    static final String RECOVERY_POINTS = "recovery-point-offset-checkpoint";
    static final String LOG_STARTS = "log-start-offset-checkpoint";
    static final String HIGH_WATERMARKS = "replication-offset-checkpoint";
    static final String CLEANER = "cleaner-offset-checkpoint";

    private static final Logger LOG = LoggerFactory.getLogger(OffsetCheckpoint.class);

    private final LogFiles files;
    private final Path path;

    OffsetCheckpoint(LogFiles files, Path path) {
        this.files = files;
        this.path = path;
    }

    /** What the file says; a damaged file says nothing, which costs a longer recovery and no data. */
    Map<TopicPartition, Long> read() throws IOException {
        try {
            return parse(CheckpointText.read(files, path).orElse(List.of()));
        } catch (DamagedFileException e) {
            LOG.warn("Going on without a checkpoint: {}", e.getMessage());
            return Map.of();
        }
    }

    void write(Map<TopicPartition, Long> offsets) throws IOException {
        Map<String, String> lines = new TreeMap<>();
        offsets.forEach((partition, offset) -> {
            String key = partition.topic() + " " + partition.partition();
            lines.put(key, key + " " + offset);
        });
        CheckpointText.write(files, path, new ArrayList<>(lines.values()));
    }

    private Map<TopicPartition, Long> parse(List<String> lines) throws DamagedFileException {
        Map<TopicPartition, Long> offsets = new HashMap<>();
        for (String line : lines) {
            String[] parts = line.strip().split("\\s+");
            if (parts.length != 3) {
                throw new DamagedFileException(path + " holds the line " + line);
            }
            long partition = CheckpointText.number(path, parts[1]);
            long offset = CheckpointText.number(path, parts[2]);
            TopicPartition key = new TopicPartition(parts[0], (int) partition);
            if (partition < 0 || partition > Integer.MAX_VALUE || offset < 0 || offsets.put(key, offset) != null) {
                throw new DamagedFileException(path + " holds the line " + line);
            }
        }
        return offsets;
    }
}
