package dev.weir.config;

import java.util.Map;

/** The log levels of this process. They aren't stored: a restart brings back what its logging configuration says. */
public interface LoggerLevels {
    /** What the logger that stands above all others is called. */
    String ROOT = "root";

    /** The level in force of every logger, by name; one of ERROR, WARN, INFO, DEBUG, TRACE, or OFF. */
    Map<String, String> levels();

    /**
     * Gives a logger a level of its own.
     *
     * @param level one of FATAL, ERROR, WARN, INFO, DEBUG, TRACE; FATAL is taken as ERROR
     */
    void set(String logger, String level);

    /** Lets a logger, but not {@link #ROOT}, take the level of the one above it again. */
    void unset(String logger);
}
