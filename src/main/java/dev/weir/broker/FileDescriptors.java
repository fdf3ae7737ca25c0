package dev.weir.broker;

import com.sun.management.UnixOperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.OperatingSystemMXBean;

/**
 * How this process divides what it may open: half for the files of the logs, three quarters of the rest for connections of
 * clients. What remains is for brokers and for files that are being sent or synced, so that clients can't use up all. Immutable.
 *
 * @param limit of the process; 0 if it is not known
 */
record FileDescriptors(long limit) {
    private static final int MOST_FILES = 4_096;

    /** The limit that the system sets to this process. */
    static FileDescriptors ofProcess() {
        OperatingSystemMXBean system = ManagementFactory.getOperatingSystemMXBean();
        return new FileDescriptors(
                system instanceof UnixOperatingSystemMXBean unix ? Math.max(0, unix.getMaxFileDescriptorCount()) : 0);
    }

    /** The most files of logs that are open at a time. */
    int ofLogs() {
        return limit > 0 ? (int) Math.min(MOST_FILES, limit / 2) : MOST_FILES;
    }

    /** The most connections of clients, if {@code allowed} are allowed. */
    int ofClients(int allowed) {
        return limit > 0 ? (int) Math.min(allowed, (limit - ofLogs()) / 4 * 3) : allowed;
    }
}
