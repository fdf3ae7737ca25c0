package dev.weir.peer;

/**
 * The end of a connection to a peer, or of an attempt to open one.
 *
 * @param endpoint of the peer
 * @param purpose of the connection
 * @param cause why it ended; only {@link Cause#REFUSED} tells that no process listens there
 */
public record PeerClosed(PeerEndpoint endpoint, PeerPurpose purpose, Cause cause) {
    /** Why a connection ended. */
    public enum Cause {
        /** The peer's machine refused the connection: nobody listens. */
        REFUSED,
        /** The connection was open and was closed or reset, or the peer sent what cannot be understood. */
        CLOSED,
        /** The connection could not be opened in time, or a request was not answered in time. */
        TIMEOUT,
        /** The name is unknown, or there is no way there. */
        UNREACHABLE
    }
}
