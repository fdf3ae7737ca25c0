package dev.weir.storage.file;

/**
 * The files of a partition cannot be repaired from what is on disk. The partition stays offline with this message as its
 * reason; the files are left as they are.
 */
public final class LogCorruptException extends Exception {
    private static final long serialVersionUID = 1L;

    public LogCorruptException(String reason) {
        super(reason);
    }

    public LogCorruptException(String reason, Throwable cause) {
        super(reason, cause);
    }
}
