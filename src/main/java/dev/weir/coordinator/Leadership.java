package dev.weir.coordinator;

/**
 * Whether this broker leads a coordinator's partition, and in which epoch. Gains and losses are ordered by leader epoch and
 * idempotent: what comes late changes nothing. Owned by the partition's coordinator.
 *
 * <pre>
 *   not led ---- gain, in a newer epoch ----&gt; led ---- gain, in a newer epoch ----.
 *      ^                                      | ^                                 |
 *      '---- loss, unless of an older epoch --' '---------------------------------'
 * </pre>
 */
public final class Leadership {
    private int epoch = -1;
    private boolean led;

    /** What a gain means. */
    public enum Gain {
        /** The partition is led here from now on. */
        GAINED,
        /** It was led here before and still is; only the epoch is newer. */
        RAISED,
        /** It is known already, or outdated. */
        STALE
    }

    /** This broker leads in this epoch. */
    public Gain gain(int leaderEpoch) {
        if (leaderEpoch <= epoch) {
            return Gain.STALE;
        }
        epoch = leaderEpoch;
        boolean before = led;
        led = true;
        return before ? Gain.RAISED : Gain.GAINED;
    }

    /** Another broker leads in this epoch, or no one; returns whether this broker led until now. */
    public boolean lose(int leaderEpoch) {
        if (leaderEpoch < epoch) {
            return false;
        }
        epoch = leaderEpoch;
        return lose();
    }

    /** The partition is gone; returns whether this broker led it until now. */
    public boolean lose() {
        boolean before = led;
        led = false;
        return before;
    }

    public boolean isLed() {
        return led;
    }

    /** The newest epoch heard of, -1 at first. */
    public int epoch() {
        return epoch;
    }
}
