package dev.weir.storage.directory;

import dev.weir.storage.file.DurableFiles;
import dev.weir.storage.file.LogFiles;
import java.io.IOException;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Properties;
import org.apache.kafka.common.Uuid;
import org.jspecify.annotations.Nullable;

/** Reads and writes {@code meta.properties}. */
final class MetaPropertiesFile {
    static final String NAME = "meta.properties";

    private static final String VERSION = "version";
    private static final String CLUSTER_ID = "cluster.id";
    private static final String NODE_ID = "node.id";
    private static final String DIRECTORY_ID = "directory.id";

    private MetaPropertiesFile() {}

    static Optional<MetaProperties> read(LogFiles files, Path directory) throws IOException, LogDirectoryException {
        Path path = directory.resolve(NAME);
        Properties properties = new Properties();
        try {
            properties.load(new StringReader(new String(DurableFiles.bytes(files, path), StandardCharsets.UTF_8)));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (IllegalArgumentException e) {
            throw new LogDirectoryException(path + " is not a properties file: " + e.getMessage());
        }
        if (!"1".equals(properties.getProperty(VERSION))) {
            throw new LogDirectoryException(path + " has version " + properties.getProperty(VERSION) + ", not 1");
        }
        String clusterId = required(properties, path, CLUSTER_ID);
        int nodeId = nodeId(required(properties, path, NODE_ID), path);
        String directoryId = properties.getProperty(DIRECTORY_ID);
        return Optional.of(new MetaProperties(clusterId, nodeId, directoryId(directoryId, path)));
    }

    static void write(LogFiles files, Path directory, MetaProperties properties) throws IOException {
        String text = "#\n" + CLUSTER_ID + "=" + properties.clusterId() + "\n" + DIRECTORY_ID + "="
                + properties.directoryId() + "\n" + NODE_ID + "=" + properties.nodeId() + "\n" + VERSION + "=1\n";
        DurableFiles.replace(files, directory.resolve(NAME), text.getBytes(StandardCharsets.UTF_8));
    }

    private static String required(Properties properties, Path path, String key) throws LogDirectoryException {
        String value = properties.getProperty(key);
        if (value == null || value.isBlank()) {
            throw new LogDirectoryException(path + " does not name " + key);
        }
        return value.strip();
    }

    private static int nodeId(String text, Path path) throws LogDirectoryException {
        try {
            return Integer.parseInt(text);
        } catch (NumberFormatException e) {
            throw new LogDirectoryException(path + " has " + NODE_ID + " " + text + ", which is not a number");
        }
    }

    /** A directory formatted without an id has none yet. */
    private static Uuid directoryId(@Nullable String text, Path path) throws LogDirectoryException {
        try {
            return text == null ? Uuid.ZERO_UUID : Uuid.fromString(text.strip());
        } catch (IllegalArgumentException e) {
            throw new LogDirectoryException(path + " has " + DIRECTORY_ID + " " + text + ", which is not an id");
        }
    }
}
