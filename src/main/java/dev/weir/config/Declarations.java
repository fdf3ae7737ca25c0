package dev.weir.config;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.ConfigKey;
import org.apache.kafka.common.config.ConfigDef.Importance;
import org.apache.kafka.common.config.ConfigDef.Type;
import org.apache.kafka.common.config.ConfigDef.Validator;
import org.apache.kafka.common.config.ConfigDef.Width;
import org.jspecify.annotations.Nullable;

/**
 * Where the areas declare their settings: the definition of each, whether it may change while the broker runs, and how a
 * default that depends on the machine reads in the documentation. Filled once, then only read.
 */
final class Declarations {
    private final ConfigDef definitions = new ConfigDef();
    private final Set<String> live = new HashSet<>();
    private final Map<String, String> defaultTexts = new HashMap<>();
    private String area = "";

    /** Starts an area; the declarations that follow belong to it. */
    Declarations area(String title) {
        area = title;
        return this;
    }

    /** A setting that is read once, at start. */
    Declarations fixed(
            String name,
            Type type,
            @Nullable Object defaultValue,
            @Nullable Validator bounds,
            Importance importance,
            String doc) {
        definitions.define(
                name,
                type,
                defaultValue,
                bounds,
                importance,
                doc,
                area,
                definitions.names().size(),
                Width.MEDIUM,
                name);
        return this;
    }

    /** A setting that can be altered while the broker runs, for one broker or as the default of all. */
    Declarations live(
            String name,
            Type type,
            @Nullable Object defaultValue,
            @Nullable Validator bounds,
            Importance importance,
            String doc) {
        live.add(name);
        return fixed(name, type, defaultValue, bounds, importance, doc);
    }

    /** Says how the default of {@code name} is found, where it depends on the machine. */
    Declarations defaultText(String name, String text) {
        defaultTexts.put(name, text);
        return this;
    }

    ConfigDef definitions() {
        return definitions;
    }

    boolean isKnown(String name) {
        return definitions.configKeys().containsKey(name);
    }

    /**
     * @throws IllegalArgumentException if no such setting is declared
     */
    ConfigKey key(String name) {
        ConfigKey key = definitions.configKeys().get(name);
        if (key == null) {
            throw new IllegalArgumentException("no setting is named " + name);
        }
        return key;
    }

    boolean isLive(String name) {
        return live.contains(name);
    }

    /** The default as the documentation shows it. */
    String defaultText(String name) {
        String text = defaultTexts.get(name);
        return text != null ? text : Parsing.text(key(name), key(name).defaultValue);
    }
}
