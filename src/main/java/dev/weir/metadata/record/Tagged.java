package dev.weir.metadata.record;

import org.jspecify.annotations.Nullable;

/** Holds a tagged field while its structure is read: the default until the field turns up. */
final class Tagged<T extends @Nullable Object> {
    private T value;

    Tagged(T defaultValue) {
        value = defaultValue;
    }

    void set(T newValue) {
        value = newValue;
    }

    T get() {
        return value;
    }
}
