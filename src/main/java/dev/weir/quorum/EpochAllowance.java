package dev.weir.quorum;

/**
 * The epochs that others may move this replica ahead by their requests. An epoch never goes back, and there are 2^31 of them: a
 * forged message must not use them up. {@value #MOST} in all, and one more each second; elections need far fewer, and whoever was
 * away longer learns from the answers to its own requests.
 */
final class EpochAllowance {
    static final int MOST = 4_096;
    private static final long ONE_MORE_MS = 1_000;

    private int left = MOST;
    private long countedUntil;

    /** Takes so many epochs, or none and returns false if that is more than there are. */
    boolean take(long epochs, long now) {
        long more = (now - countedUntil) / ONE_MORE_MS;
        left = (int) Math.min(MOST, left + more);
        countedUntil += more * ONE_MORE_MS;
        if (epochs > left) {
            return false;
        }
        left -= (int) epochs;
        return true;
    }
}
