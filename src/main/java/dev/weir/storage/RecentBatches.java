package dev.weir.storage;

/**
 * Where the latest batches of the active segment lie, so that readers at the tail need no file. Bounded; holds nothing
 * while a log is idle.
 */
final class RecentBatches {
    private static final int CAPACITY = 128;
    private static final long[] NO_OFFSETS = {};
    private static final int[] NO_POSITIONS = {};

    private long[] baseOffsets = NO_OFFSETS;
    private long[] lastOffsets = NO_OFFSETS;
    private int[] positions = NO_POSITIONS;
    /** Batches added since the last clearing; the newest {@code CAPACITY} of them are held. */
    private long added;

    void add(long baseOffset, long lastOffset, int position) {
        if (positions.length == 0) {
            baseOffsets = new long[CAPACITY];
            lastOffsets = new long[CAPACITY];
            positions = new int[CAPACITY];
        }
        int slot = slot(added++);
        baseOffsets[slot] = baseOffset;
        lastOffsets[slot] = lastOffset;
        positions[slot] = position;
    }

    void clear() {
        baseOffsets = NO_OFFSETS;
        lastOffsets = NO_OFFSETS;
        positions = NO_POSITIONS;
        added = 0;
    }

    /** Number of the first batch that ends at or above an offset; -1 when that may be one that is not held. */
    long holding(long offset) {
        long low = oldest();
        if (added == 0 || offset < baseOffsets[slot(low)] || offset > lastOffsets[slot(added - 1)]) {
            return -1;
        }
        long high = added - 1;
        while (low < high) {
            long middle = (low + high) >>> 1;
            if (lastOffsets[slot(middle)] < offset) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }

    /** Number of the last batch that begins at or below a position; -1 when that is not held. */
    long beginningBy(int position) {
        long low = oldest();
        if (added == 0 || positions[slot(low)] > position) {
            return -1;
        }
        long high = added;
        while (high - low > 1) {
            long middle = (low + high) >>> 1;
            if (positions[slot(middle)] <= position) {
                low = middle;
            } else {
                high = middle;
            }
        }
        return low;
    }

    boolean isLast(long number) {
        return number == added - 1;
    }

    long baseOffset(long number) {
        return baseOffsets[slot(number)];
    }

    int position(long number) {
        return positions[slot(number)];
    }

    private long oldest() {
        return Math.max(0, added - CAPACITY);
    }

    private static int slot(long number) {
        return (int) (number % CAPACITY);
    }
}
