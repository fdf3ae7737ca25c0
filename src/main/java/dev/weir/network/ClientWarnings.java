package dev.weir.network;

import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The warnings that any client can cause with any bytes. Of each kind one line a minute is written, without a stack trace; the
 * next one tells how many were left out. Shared by all network verticles; safe on any thread.
 */
final class ClientWarnings {
    private static final Logger LOG = LoggerFactory.getLogger(ClientWarnings.class);
    private static final long PAUSE_NANOS = TimeUnit.MINUTES.toNanos(1);
    private static final int MAX_LENGTH = 300;

    /** The kinds; a client that causes one does not hide what another causes. */
    enum Kind {
        CONNECTION_REFUSED,
        REQUEST_REJECTED,
        REQUEST_FAILED,
        RESPONSE_NOT_ENCODED
    }

    private static final class Line {
        private final AtomicLong dueNanos;
        private final AtomicLong leftOut = new AtomicLong();

        Line(long nowNanos) {
            dueNanos = new AtomicLong(nowNanos);
        }
    }

    private final Map<Kind, Line> lines = new EnumMap<>(Kind.class);

    ClientWarnings(long nowNanos) {
        for (Kind kind : Kind.values()) {
            lines.put(kind, new Line(nowNanos));
        }
    }

    /** Writes the warning, or counts it if its kind has had its line. */
    void warn(Kind kind, long nowNanos, String text) {
        String line = line(kind, nowNanos, text);
        if (!line.isEmpty()) {
            LOG.warn(line);
        }
    }

    /** The line to write now; empty if the warning is only counted. */
    String line(Kind kind, long nowNanos, String text) {
        Line line = Objects.requireNonNull(lines.get(kind));
        long due = line.dueNanos.get();
        if (nowNanos - due < 0 || !line.dueNanos.compareAndSet(due, nowNanos + PAUSE_NANOS)) {
            line.leftOut.incrementAndGet();
            return "";
        }
        long before = line.leftOut.getAndSet(0);
        return readable(text) + (before == 0 ? "" : " (and " + before + " more of this kind since the last line)");
    }

    /** Part of the text may be the client's: nothing that would look like another line of the log, and not too much of it. */
    private static String readable(String text) {
        String plain = text.replaceAll("[\\p{Cntrl}\\u2028\\u2029]+", " ");
        return plain.length() <= MAX_LENGTH ? plain : plain.substring(0, MAX_LENGTH) + "...";
    }
}
