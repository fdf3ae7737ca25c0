package dev.weir.storage.directory;

/** A log directory that this broker must not use; the message is one line for the operator. */
public final class LogDirectoryException extends Exception {
    private static final long serialVersionUID = 1L;

    public LogDirectoryException(String message) {
        super(message);
    }
}
