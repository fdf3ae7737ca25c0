package dev.weir.config;

import java.util.Map;

/** Log levels in a map; unsetting takes a logger's entry away. */
record FakeLevels(Map<String, String> levels) implements LoggerLevels {
    @Override
    public void set(String logger, String level) {
        levels.put(logger, level);
    }

    @Override
    public void unset(String logger) {
        levels.remove(logger);
    }
}
