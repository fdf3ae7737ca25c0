package dev.weir.storage;

/**
 * Answer to "where does this leader epoch end?" (KIP-320): the largest epoch not above the requested one and the offset
 * after its last record. Both are -1 when the epoch is unknown.
 */
public record EpochEndOffset(int leaderEpoch, long endOffset) {
    public static final EpochEndOffset UNDEFINED = new EpochEndOffset(-1, -1);

    public boolean isUndefined() {
        return endOffset < 0;
    }
}
