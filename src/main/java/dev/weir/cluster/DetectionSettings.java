package dev.weir.cluster;

/**
 * The times of the detection, in milliseconds.
 *
 * @param tickMs how often ticks come
 * @param pauseLimitMs how late a tick may be before this process is taken to have stood still; with a tick it is less than a
 *     probe may take, so that no probe can fail for a pause that is not noticed
 * @param probeTimeoutMs how long a probe may take
 * @param retryMs the wait before a broker is probed again
 * @param failedProbes how many probes in a row must fail before the membership's word is believed
 */
record DetectionSettings(int tickMs, int pauseLimitMs, int probeTimeoutMs, int retryMs, int failedProbes) {
    DetectionSettings {
        if (tickMs + pauseLimitMs >= probeTimeoutMs) {
            throw new IllegalArgumentException("a pause must be noticed before a probe fails for it");
        }
    }

    /**
     * With these a host that is gone is reported within 2.5 s of the membership's word; if this process stands still meanwhile, it is
     * left to its session.
     */
    static final DetectionSettings DEFAULT = new DetectionSettings(100, 300, 500, 200, 3);
}
