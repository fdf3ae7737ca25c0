package dev.weir.controller;

import java.util.function.Function;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.ApiError;
import org.jspecify.annotations.Nullable;

/** A value, or the error for which there is none. */
final class Decided<T> {
    private final @Nullable T value;
    private final ApiError error;

    private Decided(@Nullable T value, ApiError error) {
        this.value = value;
        this.error = error;
    }

    static <T> Decided<T> of(T value) {
        return new Decided<>(value, ApiError.NONE);
    }

    static <T> Decided<T> refused(Errors error, String message) {
        return new Decided<>(null, new ApiError(error, message));
    }

    static <T> Decided<T> refused(ApiError error) {
        return new Decided<>(null, error);
    }

    boolean isRefused() {
        return value == null;
    }

    ApiError error() {
        return error;
    }

    T get() {
        if (value == null) {
            throw new IllegalStateException("refused: " + error);
        }
        return value;
    }

    <U> Decided<U> then(Function<T, Decided<U>> next) {
        return value == null ? refused(error) : next.apply(value);
    }
}
