package dev.weir.storage.batch;

import org.apache.kafka.common.protocol.Errors;

/** Ends the walk over a malformed batch; never leaves {@link RecordValidator}. It carries no stack: bad input is ordinary. */
final class BadRecordsException extends Exception {
    private static final long serialVersionUID = 1L;

    private final Errors error;
    private final String reason;

    BadRecordsException(String reason) {
        this(Errors.INVALID_RECORD, reason);
    }

    BadRecordsException(Errors error, String reason) {
        super(reason, null, false, false);
        this.error = error;
        this.reason = reason;
    }

    Errors error() {
        return error;
    }

    String reason() {
        return reason;
    }
}
