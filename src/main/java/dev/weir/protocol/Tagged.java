package dev.weir.protocol;

import org.jspecify.annotations.Nullable;

/** Holds a tagged field while its structure is read: the default until the field turns up. */
public final class Tagged<T extends @Nullable Object> {
    private T value;

    public Tagged(T defaultValue) {
        value = defaultValue;
    }

    public void set(T newValue) {
        value = newValue;
    }

    public T get() {
        return value;
    }
}
