package dev.weir.bus;

import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

/** A request over the bus that failed, as the Kafka error that a client should see. Carries no stack trace of its own. */
public final class BusException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final Errors error;

    public BusException(Errors error, @Nullable String message) {
        this(error, message, null);
    }

    BusException(Errors error, @Nullable String message, @Nullable Throwable cause) {
        super(message == null ? error.message() : message, cause, false, false);
        this.error = error;
    }

    /** The Kafka error that stands for this failure. */
    public Errors error() {
        return error;
    }

    /** The Kafka error for any failure of a bus request. */
    public static Errors errorOf(Throwable failure) {
        return failure instanceof BusException bus ? bus.error : Errors.forException(failure);
    }
}
