package dev.weir.storage.directory;

import dev.weir.storage.file.LogIoException;

/**
 * Whether a log directory takes writes: it turns read-only when its free space falls below the reserve or a write fails, and
 * comes back when a later probe finds space above the reserve and a write succeeds. Immutable states, pure transitions;
 * whoever owns the directory's probe timer keeps the current one.
 *
 * @param writable whether writes are taken
 * @param reason why not, for the operator; empty when writable
 */
public record DirectoryHealth(boolean writable, String reason) {
    public static final DirectoryHealth WRITABLE = new DirectoryHealth(true, "");

    /** A write failed. */
    public DirectoryHealth writeFailed(LogIoException failure) {
        return new DirectoryHealth(false, String.valueOf(failure.getMessage()));
    }

    /**
     * A periodic look at the disk.
     *
     * @param freeBytes usable space
     * @param reserveBytes {@code log.dir.reserve.bytes}
     * @param probeWritten whether a small synced probe file could be written just now
     */
    public DirectoryHealth probed(long freeBytes, long reserveBytes, boolean probeWritten) {
        if (freeBytes < reserveBytes) {
            return new DirectoryHealth(false, freeBytes + " bytes free, below the reserve of " + reserveBytes);
        }
        if (!probeWritten) {
            return writable ? new DirectoryHealth(false, "a probe write failed") : this;
        }
        return WRITABLE;
    }
}
