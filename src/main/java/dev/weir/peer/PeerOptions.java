package dev.weir.peer;

/**
 * Times and bounds of the connections of one {@link PeerClient}.
 *
 * @param clientId sent with each request
 * @param version of this software, sent at connect; letters, digits, dots and hyphens
 * @param connectTimeoutMs how long an attempt to connect, and then the exchange of versions, may take
 * @param backoffMs the wait after the first failed attempt; it doubles with each failure
 * @param backoffMaxMs the longest wait
 * @param maxIdleMs a connection is closed if nothing was asked for so long
 * @param maxConnections how many may be kept
 * @param maxCalls how many requests may wait or be in flight on one connection
 * @param maxUnsentBytes bytes of requests that the socket has not taken yet, on one connection
 * @param maxFrameBytes the largest response
 */
public record PeerOptions(
        String clientId,
        String version,
        int connectTimeoutMs,
        int backoffMs,
        int backoffMaxMs,
        int maxIdleMs,
        int maxConnections,
        int maxCalls,
        int maxUnsentBytes,
        int maxFrameBytes) {
    /** The name by which a broker greets another (KIP-511). */
    public static final String SOFTWARE = "weir";

    private static final int MAX_FRAME_BYTES = 100 << 20;

    /** The bounds that suit control connections; a failed attempt is repeated after 20 to 200 ms. */
    public static PeerOptions of(String clientId, String version) {
        return new PeerOptions(clientId, version, 2_000, 20, 200, 300_000, 1_000, 1_000, 16 << 20, MAX_FRAME_BYTES);
    }
}
