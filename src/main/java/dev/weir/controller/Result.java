package dev.weir.controller;

import java.util.function.Function;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.ApiError;
import org.jspecify.annotations.Nullable;

/** A value, or the error for which there is none. */
final class Result<T> {
    private final @Nullable T value;
    private final ApiError error;

    private Result(@Nullable T value, ApiError error) {
        this.value = value;
        this.error = error;
    }

    static <T> Result<T> of(T value) {
        return new Result<>(value, ApiError.NONE);
    }

    static <T> Result<T> refused(Errors error, String message) {
        return new Result<>(null, new ApiError(error, message));
    }

    static <T> Result<T> refused(ApiError error) {
        return new Result<>(null, error);
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

    <U> Result<U> flatMap(Function<T, Result<U>> next) {
        return value == null ? refused(error) : next.apply(value);
    }
}
