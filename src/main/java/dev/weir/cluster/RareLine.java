package dev.weir.cluster;

import java.util.Optional;

/**
 * A line of the log whose cause may last for long: it is written once, and then again once in a long while as long as it says the
 * same. Owned by one thread.
 */
final class RareLine {
    private final long periodMs;
    private Optional<String> last = Optional.empty();
    private long writtenMs;

    RareLine(long periodMs) {
        this.periodMs = periodMs;
    }

    /** Whether to write the line at that time, which is monotonic. */
    boolean takes(String text, long nowMs) {
        if (last.filter(text::equals).isPresent() && nowMs - writtenMs < periodMs) {
            return false;
        }
        last = Optional.of(text);
        writtenMs = nowMs;
        return true;
    }

    /** The cause is gone; if it comes back, that is worth a line. */
    void ended() {
        last = Optional.empty();
    }
}
