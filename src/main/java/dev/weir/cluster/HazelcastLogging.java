package dev.weir.cluster;

import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.logging.AbstractLogger;
import com.hazelcast.logging.ILogger;
import com.hazelcast.logging.LogEvent;
import com.hazelcast.logging.LoggerFactory;
import java.util.function.Supplier;
import java.util.logging.Level;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/**
 * Hazelcast's lines on the way to the log of the process, under {@code com.hazelcast}. Its warnings tell of settings that are
 * meant, and of each connection that sends garbage, with a stack trace; they and its infos are our debug lines. What is severe
 * becomes a warning of one line, a few times a minute at most, since a stranger can provoke that too. So does not what it says of a
 * start that fails, which whoever starts it tells in a line of its own. Hazelcast makes this class by its name.
 */
public final class HazelcastLogging implements LoggerFactory {
    private static final Logger LOG = org.slf4j.LoggerFactory.getLogger("com.hazelcast");
    private static final LineBudget BUDGET = new LineBudget(10, 60_000);
    private static final ThreadLocal<Boolean> STARTS = ThreadLocal.withInitial(() -> false);

    /** Starts an instance on this thread; if that fails, the exception is all that tells of it. */
    static HazelcastInstance started(Supplier<HazelcastInstance> start) {
        STARTS.set(true);
        try {
            return start.get();
        } finally {
            STARTS.remove();
        }
    }

    @Override
    public ILogger getLogger(String name) {
        return new Line(name.substring(name.lastIndexOf('.') + 1));
    }

    private static final class Line extends AbstractLogger {
        private final String source;

        Line(String source) {
            this.source = source;
        }

        @Override
        public void log(Level level, @Nullable String message) {
            log(level, message, null);
        }

        @Override
        public void log(Level level, @Nullable String message, @Nullable Throwable thrown) {
            if (!isLoggable(level)) {
                return;
            }
            if (level.intValue() < Level.SEVERE.intValue() || STARTS.get()) {
                LOG.debug("{}: {}", source, message, thrown);
            } else if (BUDGET.takes(System.nanoTime() / 1_000_000)) {
                LOG.warn("{}: {}{}", source, firstLine(message), thrown == null ? "" : " (" + thrown + ")");
                LOG.debug("{}: {}", source, message, thrown);
            }
        }

        @Override
        @SuppressWarnings("removal") // it must be there as long as the interface has it
        public void log(LogEvent event) {
            log(
                    event.getLogRecord().getLevel(),
                    event.getLogRecord().getMessage(),
                    event.getLogRecord().getThrown());
        }

        @Override
        public Level getLevel() {
            return LOG.isDebugEnabled() ? Level.INFO : Level.SEVERE;
        }

        @Override
        public boolean isLoggable(Level level) {
            return level != Level.OFF && level.intValue() >= getLevel().intValue();
        }

        private static String firstLine(@Nullable String message) {
            return message == null ? "" : message.lines().findFirst().orElse("");
        }
    }
}
