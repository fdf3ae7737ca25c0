package dev.weir.controller.log;

/** The metadata log cannot be used as it is; the message says in one line why. The broker does not start with it. */
public final class MetadataLogException extends Exception {
    private static final long serialVersionUID = 1L;

    public MetadataLogException(String message) {
        super(message);
    }
}
