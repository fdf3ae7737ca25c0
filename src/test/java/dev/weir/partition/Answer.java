package dev.weir.partition;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** What came back, at most once. */
final class Answer<T> {
    private @Nullable List<T> values;

    void take(List<T> answer) {
        if (values != null) {
            throw new AssertionError("answered twice");
        }
        values = List.copyOf(answer);
    }

    boolean came() {
        return values != null;
    }

    T only() {
        if (values == null || values.size() != 1) {
            throw new AssertionError("not one answer: " + values);
        }
        return values.get(0);
    }
}
