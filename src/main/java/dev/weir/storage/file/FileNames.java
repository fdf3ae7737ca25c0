package dev.weir.storage.file;

import java.nio.file.Path;

/** The names of a partition's files: a base offset in 20 digits and a suffix, as Kafka has them. */
public final class FileNames {
    public static final String LOG = ".log";
    public static final String INDEX = ".index";
    public static final String TIME_INDEX = ".timeindex";
    public static final String TXN_INDEX = ".txnindex";
    public static final String SNAPSHOT = ".snapshot";
    public static final String DELETED = ".deleted";
    public static final String CLEANED = ".cleaned";
    public static final String SWAP = ".swap";
    public static final String LEADER_EPOCHS = "leader-epoch-checkpoint";
    public static final String PARTITION_METADATA = "partition.metadata";

    private static final int DIGITS = 20;

    private FileNames() {}

    public static String of(long offset, String suffix) {
        String digits = Long.toString(offset);
        return "0".repeat(DIGITS - digits.length()) + digits + suffix;
    }

    public static Path in(Path directory, long offset, String suffix) {
        return directory.resolve(of(offset, suffix));
    }

    /** Offset of a name that is 20 digits and then exactly {@code suffix}; -1 for any other name. */
    public static long offsetOf(String name, String suffix) {
        return name.length() == DIGITS + suffix.length() && name.endsWith(suffix) ? leadingOffset(name) : -1;
    }

    /** Offset of a name that starts with 20 digits and a dot; -1 for any other name. */
    public static long leadingOffset(String name) {
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
    public static boolean isSegmentFile(String name) {
        return leadingOffset(name) >= 0
                && switch (name.substring(DIGITS)) {
                    case LOG, INDEX, TIME_INDEX, TXN_INDEX, SNAPSHOT -> true;
                    default -> false;
                };
    }

    /** Whether a name is that of a segment's file or snapshot followed by {@code suffix}. */
    public static boolean isSegmentFile(String name, String suffix) {
        return name.endsWith(suffix) && isSegmentFile(name.substring(0, name.length() - suffix.length()));
    }
}
