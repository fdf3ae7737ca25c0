package dev.weir.quorum;

import java.util.Comparator;

/**
 * The end of a log, of an epoch within it, or of a snapshot. Ordered by epoch, then by offset, which is how two logs are
 * compared in an election.
 *
 * @param offset the first offset that is not contained
 * @param epoch the epoch of the last record before it; 0 before the first record
 */
public record OffsetAndEpoch(long offset, int epoch) implements Comparable<OffsetAndEpoch> {
    /** The end of an empty log. */
    public static final OffsetAndEpoch NONE = new OffsetAndEpoch(0, 0);

    private static final Comparator<OffsetAndEpoch> ORDER =
            Comparator.comparingInt(OffsetAndEpoch::epoch).thenComparingLong(OffsetAndEpoch::offset);

    @Override
    public int compareTo(OffsetAndEpoch other) {
        return ORDER.compare(this, other);
    }
}
