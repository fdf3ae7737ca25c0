package dev.weir.cluster;

/** What is under way about one watched broker. Owned by {@link FailureDetector}. */
final class Suspicion {
    static final long NO_PROBE = -1;

    final WatchedBroker broker;
    boolean connectionClosed;
    /** The probe under way; {@link #NO_PROBE} if there is none. */
    long probeId = NO_PROBE;
    /** Whether there was news of the broker since that probe began. */
    boolean newsSince;
    /** Whether the membership's word came since that probe began. */
    boolean wordSince;
    /** Probes in a row that failed, and began after the membership's word if that was given. */
    int failures;
    /** When the next probe begins, if none is under way. */
    long nextProbeMs;

    Suspicion(WatchedBroker broker, boolean connectionClosed, long nowMs) {
        this.broker = broker;
        this.connectionClosed = connectionClosed;
        this.nextProbeMs = nowMs;
    }
}
