package dev.weir.storage;

import java.nio.file.Path;

/** The names of a partition's files: a base offset in 20 digits and a suffix, as Kafka has them. */
final class FileNames {
    static final String LOG = ".log";
    static final String INDEX = ".index";
    static final String TIME_INDEX = ".timeindex";
    static final String TXN_INDEX = ".txnindex";
    static final String SNAPSHOT = ".snapshot";
    static final String DELETED = ".deleted";
    static final String CLEANED = ".cleaned";
    static final String SWAP = ".swap";
    static final String LEADER_EPOCHS = "leader-epoch-checkpoint";
    static final String PARTITION_METADATA = "partition.metadata";

    private static final int DIGITS = 20;

    private FileNames() {}

    static String of(long offset, String suffix) {
        String digits = Long.toString(offset);
        return "0".repeat(DIGITS - digits.length()) + digits + suffix;
    }

    static Path in(Path directory, long offset, String suffix) {
        return directory.resolve(of(offset, suffix));
    }

    /** Offset of a name that is 20 digits and then exactly {@code suffix}; -1 for any other name. */
    static long offsetOf(String name, String suffix) {
        return name.length() == DIGITS + suffix.length() && name.endsWith(suffix) ? leadingOffset(name) : -1;
    }

    /** Offset of a name that starts with 20 digits and a dot; -1 for any other name. */
    static long leadingOffset(String name) {
        if (name.length() <= DIGITS || name.charAt(DIGITS) != '.') {
            return -1;
        }
        for (int i = 0; i < DIGITS; i++) {
            if (name.charAt(i) < '0' || name.charAt(i) > '9') {
                return -1;
            }
        }
        try {
            return Long.parseLong(name.substring(0, DIGITS));
        } catch (NumberFormatException e) {
            return -1;
        }
    }

    /** Whether a name is that of a segment's file or snapshot, without any further suffix. */
    static boolean isSegmentFile(String name) {
        return leadingOffset(name) >= 0
                && switch (name.substring(DIGITS)) {
                    case LOG, INDEX, TIME_INDEX, TXN_INDEX, SNAPSHOT -> true;
                    default -> false;
                };
    }

    /** Whether a name is that of a segment's file or snapshot followed by {@code suffix}. */
    static boolean isSegmentFile(String name, String suffix) {
        return name.endsWith(suffix) && isSegmentFile(name.substring(0, name.length() - suffix.length()));
    }
}
