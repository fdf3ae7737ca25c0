package dev.weir.config;

import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * The broker settings that have no effect here: Kafka's others, and those of plug-ins. Kafka keeps any name that it is given,
 * live and at start. So is done here, except for a name that looks like a slip.
 */
final class OtherSettings {
    private OtherSettings() {}

    /** The reason why a name that is not declared is not taken while the broker runs; empty if it is. */
    static Optional<String> problem(String name) {
        if (KafkaBrokerSettings.all().contains(name)) {
            return KafkaBrokerSettings.isLive(name) ? Optional.empty() : Optional.of(notLive(name));
        }
        String hint = hint(name);
        return hint.isEmpty() ? Optional.empty() : Optional.of("Unknown broker config name: " + name + hint);
    }

    static String notLive(String name) {
        return "Cannot update this config dynamically: " + name;
    }

    /** What to tell an operator who gives a name that is not declared. */
    static String warning(String name) {
        return KafkaBrokerSettings.all().contains(name)
                ? "is a setting of Apache Kafka that has no effect here"
                : "is not known and is ignored" + hint(name);
    }

    private static String hint(String name) {
        Set<String> known = new TreeSet<>(KafkaBrokerSettings.all());
        known.addAll(BrokerSettings.ALL.definitions().names());
        return Suggestion.hint(name, known);
    }
}
