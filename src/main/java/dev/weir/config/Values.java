package dev.weir.config;

import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/** The parsed values that are in force, by name; the areas read their typed fields from it. */
record Values(Map<String, Object> byName) {
    int number(String name) {
        return ((Number) required(name)).intValue();
    }

    OptionalInt numberOrNone(String name) {
        Object value = byName.get(name);
        return value == null ? OptionalInt.empty() : OptionalInt.of(((Number) value).intValue());
    }

    long longNumber(String name) {
        return ((Number) required(name)).longValue();
    }

    double fraction(String name) {
        return ((Number) required(name)).doubleValue();
    }

    boolean flag(String name) {
        return (Boolean) required(name);
    }

    String text(String name) {
        return (String) required(name);
    }

    @Nullable
    String textOrNull(String name) {
        return (String) byName.get(name);
    }

    List<String> list(String name) {
        return strings(required(name));
    }

    @Nullable
    List<String> listOrNull(String name) {
        Object value = byName.get(name);
        return value == null ? null : strings(value);
    }

    private static List<String> strings(Object value) {
        return ((List<?>) value).stream().map(String::valueOf).toList();
    }

    private Object required(String name) {
        Object value = byName.get(name);
        if (value == null) {
            throw new IllegalArgumentException("no value for " + name);
        }
        return value;
    }
}
