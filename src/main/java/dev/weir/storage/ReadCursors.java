package dev.weir.storage;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Where the latest slices ended, so that a sequential reader goes on without a search. Bounded. */
final class ReadCursors {
    private static final int CAPACITY = 8;

    private final List<BatchPosition> cursors = new ArrayList<>(0);
    private int next;

    void add(BatchPosition position) {
        if (cursors.size() < CAPACITY) {
            cursors.add(position);
        } else {
            cursors.set(next, position);
            next = (next + 1) % CAPACITY;
        }
    }

    @Nullable
    BatchPosition find(long offset) {
        for (BatchPosition cursor : cursors) {
            if (cursor.baseOffset() == offset) {
                return cursor;
            }
        }
        return null;
    }

    void clear() {
        cursors.clear();
        next = 0;
    }
}
