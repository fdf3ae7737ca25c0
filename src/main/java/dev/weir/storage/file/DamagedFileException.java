package dev.weir.storage.file;

/** A small file (checkpoint, snapshot, metadata) does not hold what it should. The reader decides how to go on without it. */
public final class DamagedFileException extends Exception {
    private static final long serialVersionUID = 1L;

    public DamagedFileException(String message) {
        super(message);
    }
}
