package dev.weir.storage;

/** A small file (checkpoint, snapshot, metadata) does not hold what it should. The reader decides how to go on without it. */
final class DamagedFileException extends Exception {
    private static final long serialVersionUID = 1L;

    DamagedFileException(String message) {
        super(message);
    }
}
