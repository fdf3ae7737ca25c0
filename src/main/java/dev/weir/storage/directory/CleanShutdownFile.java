package dev.weir.storage.directory;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.weir.storage.file.DurableFiles;
import dev.weir.storage.file.LogFiles;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The file {@code .kafka_cleanshutdown} in Kafka's JSON form: the last stop was in order, and the epoch of the broker that stopped
 * (KIP-966). Immutable; its file belongs to the directory's owner.
 */
final class CleanShutdownFile {
    private static final Logger LOG = LoggerFactory.getLogger(CleanShutdownFile.class);
    private static final String NAME = ".kafka_cleanshutdown";
    private static final JsonFactory JSON = new JsonFactory();

    private final LogFiles files;
    private final Path directory;

    CleanShutdownFile(LogFiles files, Path directory) {
        this.files = files;
        this.directory = directory;
    }

    boolean exists() {
        return files.exists(path());
    }

    /** The epoch in the file; -1 if there is none, also if the file cannot be understood. */
    long brokerEpoch() throws IOException {
        if (!exists()) {
            return LogDirectory.NO_EPOCH;
        }
        byte[] content = DurableFiles.bytes(files, path());
        try {
            return parse(new String(content, StandardCharsets.UTF_8));
        } catch (IOException e) {
            LOG.warn("{} names no broker epoch that can be read: {}", path(), e.getMessage());
            return LogDirectory.NO_EPOCH;
        }
    }

    private static long parse(String text) throws IOException {
        long epoch = LogDirectory.NO_EPOCH;
        try (JsonParser json = JSON.createParser(text)) {
            for (JsonToken token = json.nextToken(); token != null; token = json.nextToken()) {
                if (token == JsonToken.VALUE_NUMBER_INT && "brokerEpoch".equals(json.currentName())) {
                    epoch = json.getLongValue();
                }
            }
        }
        return epoch;
    }

    /** Writes the file, durably. */
    void write(long brokerEpoch) throws IOException {
        String text = "{\"version\":0,\"brokerEpoch\":" + brokerEpoch + "}";
        DurableFiles.replace(files, path(), text.getBytes(StandardCharsets.UTF_8));
    }

    /** Removes the file, durably. */
    void remove() throws IOException {
        if (exists()) {
            files.deleteIfExists(path());
            files.syncDirectory(directory);
        }
    }

    private Path path() {
        return directory.resolve(NAME);
    }
}
