package dev.weir.it;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;

/** A small file system in memory, mounted by the test, that can be filled up. Gone when closed. */
final class SmallDisk implements AutoCloseable {
    private final Path path;

    private SmallDisk(Path path) {
        this.path = path;
    }

    /** Mounts one on a new directory. Skips the test where this user may not. */
    static SmallDisk mount(Path path, long bytes) throws IOException, InterruptedException {
        Files.createDirectories(path);
        int status = run("mount", "-t", "tmpfs", "-o", "size=" + bytes, "tmpfs", path.toString());
        Assumptions.assumeTrue(status == 0, "skipped: this user may not mount a file system");
        return new SmallDisk(path);
    }

    Path path() {
        return path;
    }

    /** Takes this much of the space away; delete the file to give it back. */
    Path ballast(long bytes) throws IOException {
        Path ballast = path.resolve("ballast");
        try (RandomAccessFile file = new RandomAccessFile(ballast.toFile(), "rw")) {
            byte[] block = new byte[1 << 20];
            for (long written = 0; written < bytes; written += block.length) {
                file.write(block);
            }
        }
        return ballast;
    }

    @Override
    public void close() {
        try {
            run("umount", "-l", path.toString());
        } catch (IOException e) {
            throw new IllegalStateException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static int run(String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        process.getInputStream().readAllBytes();
        return process.waitFor(20, TimeUnit.SECONDS) ? process.exitValue() : 1;
    }
}
