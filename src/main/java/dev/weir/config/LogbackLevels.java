package dev.weir.config;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import java.util.Map;
import java.util.TreeMap;

/** The log levels of Logback. May be used from any thread. */
public final class LogbackLevels implements LoggerLevels {
    private final LoggerContext context;

    /** The levels of this context's loggers. */
    public LogbackLevels(LoggerContext context) {
        this.context = context;
    }

    @Override
    public Map<String, String> levels() {
        Map<String, String> levels = new TreeMap<>();
        for (Logger logger : context.getLoggerList()) {
            levels.put(
                    logger.getName().equals(Logger.ROOT_LOGGER_NAME) ? ROOT : logger.getName(),
                    logger.getEffectiveLevel().toString());
        }
        return levels;
    }

    @Override
    public void set(String logger, String level) {
        find(logger).setLevel(level.equals("FATAL") ? Level.ERROR : Level.toLevel(level));
    }

    @Override
    public void unset(String logger) {
        find(logger).setLevel(null);
    }

    private Logger find(String name) {
        return context.getLogger(name.equals(ROOT) ? Logger.ROOT_LOGGER_NAME : name);
    }
}
