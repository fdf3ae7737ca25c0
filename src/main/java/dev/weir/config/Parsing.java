package dev.weir.config;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.ConfigKey;
import org.apache.kafka.common.config.ConfigException;
import org.jspecify.annotations.Nullable;

/** Text to value and back, by the declaration of a setting. */
final class Parsing {
    private Parsing() {}

    /**
     * The value that {@code text} stands for.
     *
     * @throws ConfigException if it isn't of the declared type or outside its bounds
     */
    static Object parse(ConfigKey key, String text) {
        Object value = ConfigDef.parseType(key.name, text, key.type);
        if (value instanceof List<?> list && key.validator instanceof Bounds bounds && bounds.isChoice()) {
            value = list.stream().distinct().toList();
        }
        if (value == null) {
            throw new ConfigException(key.name, text, "must be " + allowed(key));
        }
        if (key.validator != null) {
            key.validator.ensureValid(key.name, value);
        }
        return value;
    }

    /** One line for an operator: the setting, the value and what is allowed; empty if the value is good. */
    static Optional<String> problem(ConfigKey key, String text) {
        try {
            parse(key, text);
            return Optional.empty();
        } catch (ConfigException e) {
            return Optional.of(key.name + "=" + shown(key, text) + " is not valid: it must be " + allowed(key));
        }
    }

    /** What values a setting takes, as in "a whole number of 32 bits, at least 1". */
    static String allowed(ConfigKey key) {
        String bounds = key.validator == null ? "" : key.validator.toString();
        boolean isText = key.type == ConfigDef.Type.LIST || key.type == ConfigDef.Type.STRING;
        if (isText && !bounds.isEmpty()) {
            return bounds;
        }
        return bounds.isEmpty() ? kind(key.type) : kind(key.type) + ", " + bounds;
    }

    /** A value as it would stand in a properties file; empty when unset. */
    static String text(ConfigKey key, @Nullable Object value) {
        String text = value == null ? null : ConfigDef.convertToString(value, key.type);
        return text == null ? "" : text;
    }

    static String kind(ConfigDef.Type type) {
        return switch (type) {
            case BOOLEAN -> "true or false";
            case SHORT -> "a whole number of 16 bits";
            case INT -> "a whole number of 32 bits";
            case LONG -> "a whole number of 64 bits";
            case DOUBLE -> "a number";
            case LIST -> "a comma-separated list";
            case STRING, CLASS, PASSWORD -> "text";
        };
    }

    static boolean isSensitive(ConfigKey key) {
        return key.type == ConfigDef.Type.PASSWORD;
    }

    private static String shown(ConfigKey key, String text) {
        return isSensitive(key) ? "[hidden]" : text.strip().replaceAll("\\R", " ");
    }

    static String typeName(ConfigDef.Type type) {
        return type.name().toLowerCase(Locale.ROOT);
    }
}
