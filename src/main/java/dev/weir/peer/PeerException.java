package dev.weir.peer;

/** A request to a peer that was not answered. Carries no stack trace. */
public final class PeerException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final Reason reason;

    PeerException(Reason reason, String message) {
        super(message, null, false, false);
        this.reason = reason;
    }

    /** Why there is no answer. */
    public Reason reason() {
        return reason;
    }

    /** Why a request was not answered. */
    public enum Reason {
        /** The connection could not be opened, or ended before the request was sent. */
        NOT_CONNECTED,
        /** The connection was closed. The peer may have carried the request out. */
        CLOSED,
        /** There was no answer in time. The peer may have carried the request out, or may do so still. */
        TIMEOUT,
        /** The peer knows no version of the API that has room for the request. It was not sent. */
        UNSUPPORTED_VERSION,
        /** Too much waits for the peer already. The request was not sent. */
        TOO_MANY
    }
}
