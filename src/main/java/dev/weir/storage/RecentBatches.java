package dev.weir.storage;

/**
 * Where the latest batches of the active segment begin, so that readers at the tail need no file. Bounded; holds nothing
 * while a log is idle.
 */
final class RecentBatches {
    private static final int CAPACITY = 128;
    private static final long[] NONE = {};

    private long[] offsets = NONE;
    private int[] positions = {};
    /** Batches added since the last clearing; the newest {@code CAPACITY} of them are held. */
    private long added;

    void add(long baseOffset, int position) {
        if (offsets.length == 0) {
            offsets = new long[CAPACITY];
            positions = new int[CAPACITY];
        }
        int slot = (int) (added++ % CAPACITY);
        offsets[slot] = baseOffset;
        positions[slot] = position;
    }

    void clear() {
        offsets = NONE;
        positions = new int[0];
        added = 0;
    }

    boolean isEmpty() {
        return added == 0;
    }

    /** Number of the last batch that begins at or below an offset; -1 when that is not among those held. */
    long floorOffset(long offset) {
        long low = oldest();
        if (added == 0 || offsets[slot(low)] > offset) {
            return -1;
        }
        long high = added;
        while (high - low > 1) {
            long middle = (low + high) >>> 1;
            if (offsets[slot(middle)] <= offset) {
                low = middle;
            } else {
                high = middle;
            }
        }
        return low;
    }

    /** Number of the last batch that begins at or below a position; -1 when that is not among those held. */
    long floorPosition(int position) {
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

    long offset(long number) {
        return offsets[slot(number)];
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
