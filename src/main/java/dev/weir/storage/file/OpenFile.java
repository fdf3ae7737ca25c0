package dev.weir.storage.file;

import java.io.IOException;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An open file that several parties hold: the cache, slices being sent, syncs under way. The last one to let go closes it.
 * Thread safe.
 */
public final class OpenFile {
    private static final Logger LOG = LoggerFactory.getLogger(OpenFile.class);

    private final LogFile file;
    private final AtomicInteger references = new AtomicInteger(1);

    OpenFile(LogFile file) {
        this.file = file;
    }

    public LogFile file() {
        return file;
    }

    OpenFile retain() {
        if (references.getAndIncrement() <= 0) {
            throw new IllegalStateException("released: " + file.path());
        }
        return this;
    }

    public boolean release() {
        int left = references.decrementAndGet();
        if (left < 0) {
            throw new IllegalStateException("released too often: " + file.path());
        }
        if (left > 0) {
            return false;
        }
        try {
            file.close();
        } catch (IOException e) {
            LOG.warn("Closing {} failed", file.path(), e);
        }
        return true;
    }
}
