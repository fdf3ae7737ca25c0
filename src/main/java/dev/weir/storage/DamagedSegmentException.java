package dev.weir.storage;

import java.io.IOException;

/** A sealed segment holds what cannot be: reading it again will not help. */
public final class DamagedSegmentException extends IOException {
    private static final long serialVersionUID = 1L;

    DamagedSegmentException(String message) {
        super(message);
    }
}
