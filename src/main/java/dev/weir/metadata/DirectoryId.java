package dev.weir.metadata;

import org.apache.kafka.common.Uuid;

/** The ids of log directories that stand for something else (KIP-858). */
public final class DirectoryId {
    /** The record is of a time when nobody wrote down where replicas are. */
    public static final Uuid MIGRATING = new Uuid(0L, 0L);

    /** The broker has yet to choose. */
    public static final Uuid UNASSIGNED = new Uuid(0L, 1L);

    /** Ids below this are reserved. */
    private static final long FIRST_FREE = 100;

    private DirectoryId() {}

    /** Whether it is the id of no directory. */
    public static boolean isReserved(Uuid id) {
        return id.getMostSignificantBits() == 0
                && id.getLeastSignificantBits() >= 0
                && id.getLeastSignificantBits() < FIRST_FREE;
    }
}
