package dev.weir.config;

import java.util.Arrays;
import java.util.Collection;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigException;
import org.jspecify.annotations.Nullable;

/** What a setting's value may be, with a text that an operator understands; an unset value passes. */
final class Bounds implements ConfigDef.Validator {
    private final Predicate<Object> allowed;
    private final String text;
    private final boolean isChoice;

    private Bounds(String text, Predicate<Object> allowed) {
        this(text, allowed, false);
    }

    private Bounds(String text, Predicate<Object> allowed, boolean isChoice) {
        this.text = text;
        this.allowed = allowed;
        this.isChoice = isChoice;
    }

    static Bounds atLeast(long min) {
        return new Bounds("at least " + min, value -> ((Number) value).longValue() >= min);
    }

    static Bounds between(long min, long max) {
        return new Bounds("from " + min + " to " + max, value -> {
            long number = ((Number) value).longValue();
            return number >= min && number <= max;
        });
    }

    static Bounds ratio() {
        return new Bounds("from 0 to 1", value -> {
            double number = ((Number) value).doubleValue();
            return number >= 0 && number <= 1;
        });
    }

    static Bounds moreThanZero() {
        return new Bounds("more than 0", value -> ((Number) value).doubleValue() > 0);
    }

    static Bounds oneOf(String... values) {
        Set<String> known = new TreeSet<>(Arrays.asList(values));
        return new Bounds("one of " + String.join(", ", known), value -> known.contains(String.valueOf(value)));
    }

    /** A list that holds only these values; it may be empty. */
    static Bounds listOf(String... values) {
        Set<String> known = new TreeSet<>(Arrays.asList(values));
        return new Bounds(
                "a list of " + String.join(", ", known), value -> known.containsAll((Collection<?>) value), true);
    }

    static Bounds nonEmptyListOf(String... values) {
        Bounds list = listOf(values);
        return new Bounds(
                "a non-empty list of " + String.join(", ", new TreeSet<>(Arrays.asList(values))),
                value -> !((Collection<?>) value).isEmpty() && list.allowed.test(value));
    }

    static Bounds nonEmptyList() {
        return new Bounds("a non-empty list", value -> !((Collection<?>) value).isEmpty());
    }

    /** A bound that needs code of its own; {@code text} completes "must be". */
    static Bounds that(String text, Predicate<Object> allowed) {
        return new Bounds(text, allowed);
    }

    /** Whether the value is a choice of known words, where one that is named twice counts once. */
    boolean isChoice() {
        return isChoice;
    }

    @Override
    public void ensureValid(String name, @Nullable Object value) {
        if (value != null && !allowed.test(value)) {
            throw new ConfigException(name, value, "must be " + text);
        }
    }

    @Override
    public String toString() {
        return text;
    }
}
