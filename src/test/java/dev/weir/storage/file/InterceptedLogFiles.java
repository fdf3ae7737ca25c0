package dev.weir.storage.file;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A file port that passes everything on but for what a {@link Mistake} forgets or falsifies. */
public final class InterceptedLogFiles implements LogFiles {
    /** What goes wrong on the way to the disk; everything is right by default. */
    public interface Mistake {
        default boolean forgetsForce(Path path) {
            return false;
        }

        default boolean forgetsTruncate(Path path) {
            return false;
        }

        default boolean forgetsDirectorySync(Path directory) {
            return false;
        }

        default boolean forgetsDelete(Path path) {
            return false;
        }

        /** Whether bytes that are in the file already are not written over. */
        default boolean forgetsRewrite(Path path) {
            return false;
        }

        /** What is written in place of one buffer. */
        default ByteBuffer falsified(Path path, ByteBuffer bytes) {
            return bytes;
        }
    }

    private final LogFiles target;
    private final Mistake mistake;

    /** Goes through to {@code target}. */
    public InterceptedLogFiles(LogFiles target, Mistake mistake) {
        this.target = target;
        this.mistake = mistake;
    }

    @Override
    public LogFile open(Path path) throws IOException {
        return new Handle(target.open(path));
    }

    @Override
    public LogFile create(Path path) throws IOException {
        return new Handle(target.create(path));
    }

    @Override
    public long size(Path path) throws IOException {
        return target.size(path);
    }

    @Override
    public long lastModifiedMs(Path path) throws IOException {
        return target.lastModifiedMs(path);
    }

    @Override
    public boolean exists(Path path) {
        return target.exists(path);
    }

    @Override
    public List<String> list(Path directory) throws IOException {
        return target.list(directory);
    }

    @Override
    public boolean isDirectory(Path path) {
        return target.isDirectory(path);
    }

    @Override
    public void createDirectories(Path directory) throws IOException {
        target.createDirectories(directory);
    }

    @Override
    public void rename(Path from, Path to) throws IOException {
        target.rename(from, to);
    }

    @Override
    public void deleteIfExists(Path path) throws IOException {
        if (!mistake.forgetsDelete(path)) {
            target.deleteIfExists(path);
        }
    }

    @Override
    public void syncDirectory(Path directory) throws IOException {
        if (!mistake.forgetsDirectorySync(directory)) {
            target.syncDirectory(directory);
        }
    }

    @Override
    public long usableBytes(Path directory) throws IOException {
        return target.usableBytes(directory);
    }

    private final class Handle implements LogFile {
        private final LogFile file;

        Handle(LogFile file) {
            this.file = file;
        }

        @Override
        public Path path() {
            return file.path();
        }

        @Override
        public long size() throws IOException {
            return file.size();
        }

        @Override
        public void write(ByteBuffer[] buffers, int count, long position) throws IOException {
            if (position < size() && mistake.forgetsRewrite(path())) {
                return;
            }
            ByteBuffer[] changed = new ByteBuffer[count];
            for (int i = 0; i < count; i++) {
                changed[i] = mistake.falsified(path(), buffers[i]);
            }
            file.write(changed, count, position);
        }

        @Override
        public int read(ByteBuffer destination, long position) throws IOException {
            return file.read(destination, position);
        }

        @Override
        public void truncate(long size) throws IOException {
            if (!mistake.forgetsTruncate(path())) {
                file.truncate(size);
            }
        }

        @Override
        public void force() throws IOException {
            if (!mistake.forgetsForce(path())) {
                file.force();
            }
        }

        @Override
        public @Nullable FileChannel channel() {
            return file.channel();
        }

        @Override
        public void close() throws IOException {
            file.close();
        }
    }
}
