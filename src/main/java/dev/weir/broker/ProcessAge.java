package dev.weir.broker;

import java.time.Instant;

/** How long the process has run, for the one line that says ready. */
final class ProcessAge {
    private ProcessAge() {}

    /** Milliseconds since the operating system started the process. */
    static long ms() {
        Instant now = Instant.now();
        return now.toEpochMilli()
                - ProcessHandle.current().info().startInstant().orElse(now).toEpochMilli();
    }
}
