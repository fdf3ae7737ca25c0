package dev.weir.network;

import org.jspecify.annotations.Nullable;

/**
 * The memory that each frame draws on. What brokers say to each other never waits for what clients have sent: the APIs that
 * brokers use among themselves ({@link PeerFrames}) are exempt up to {@value #EXEMPT_BYTES} bytes for everybody, which is enough
 * for votes, heartbeats and fetches of the metadata log, and up to {@value #EXEMPT_BYTES_OF_BROKER} on a broker's connection.
 * Larger ones of a broker share a memory that is theirs. So the bytes are bounded by the number of connections, of which those of
 * brokers are few. Shared by all network verticles.
 *
 * @param ofClients the memory of all other requests
 * @param ofBrokers the memory of large requests of brokers
 */
record FrameMemory(RequestMemory ofClients, RequestMemory ofBrokers) {
    static final int EXEMPT_BYTES = 16 << 10;
    static final int EXEMPT_BYTES_OF_BROKER = 256 << 10;

    /** Whether a frame draws on the brokers' memory. */
    boolean isLarge(boolean exemptApi, int length, boolean ofBroker) {
        return exemptApi && ofBroker && length > EXEMPT_BYTES_OF_BROKER;
    }

    /** Takes the first bytes of a frame, or returns null and will call {@code retry} once, when there may be memory. */
    RequestMemory.@Nullable Reservation reserve(
            boolean exemptApi, int length, boolean ofBroker, int first, Runnable retry) {
        if (exemptApi && length <= (ofBroker ? EXEMPT_BYTES_OF_BROKER : EXEMPT_BYTES)) {
            return ofClients.exempt();
        }
        return (isLarge(exemptApi, length, ofBroker) ? ofBrokers : ofClients).reserve(first, retry);
    }

    /** Forgets a waiter whose connection has closed. */
    void cancel(Runnable retry) {
        ofClients.cancel(retry);
        ofBrokers.cancel(retry);
    }
}
