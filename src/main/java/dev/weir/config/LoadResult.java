package dev.weir.config;

import java.util.List;

/** The result of reading the settings at start. */
public sealed interface LoadResult {
    /**
     * The settings can be used.
     *
     * @param config all of them
     * @param warnings one line each, for an operator
     */
    record Accepted(BrokerConfig config, List<String> warnings) implements LoadResult {
        public Accepted {
            warnings = List.copyOf(warnings);
        }
    }

    /**
     * The broker must not start.
     *
     * @param problem one line: the setting, its value, what is allowed and where it was read
     */
    record Rejected(String problem) implements LoadResult {}
}
