package dev.weir.controller.log;

import dev.weir.storage.directory.LogDirectory;
import dev.weir.storage.file.LogFiles;
import dev.weir.storage.file.OpenFileCache;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Opens the metadata log's store, at the start and again after it has failed. Used by the thread that owns the log.
 */
public final class MetadataLogOpener {
    private static final int OPEN_FILES = 16;

    private final LogFiles files;
    private final LogDirectory directory;
    private final int segmentBytes;
    private @Nullable MetadataLogStore last;

    /**
     * An opener for a log directory.
     *
     * @param segmentBytes {@code metadata.log.segment.bytes}
     */
    public MetadataLogOpener(LogFiles files, LogDirectory directory, int segmentBytes) {
        this.files = files;
        this.directory = directory;
        this.segmentBytes = segmentBytes;
    }

    /** Whether a log directory still tells how its replica of the metadata log has voted. */
    public static boolean knowsItsVotes(LogFiles files, LogDirectory directory) {
        return files.exists(directory.partitionPath(MetadataLogStore.PARTITION).resolve(MetadataFiles.QUORUM_STATE));
    }

    /**
     * Opens the store; the one before, which has failed, is given up by then.
     *
     * @param nowMs wall clock
     */
    public MetadataLogStore open(long nowMs) throws IOException, MetadataLogException {
        OpenFileCache cache = new OpenFileCache(files, OPEN_FILES);
        MetadataLogStore opened = last == null
                ? MetadataLogStore.open(directory, cache, segmentBytes, nowMs)
                : last.openAgain(directory, cache, segmentBytes, nowMs);
        last = opened;
        return opened;
    }
}
