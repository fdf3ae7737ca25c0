package dev.weir.metadata;

import java.util.Collection;
import org.apache.kafka.common.Uuid;

/** The ids of log directories that stand for something else (KIP-858). */
public final class DirectoryId {
    /** The record is of a time when nobody wrote down where replicas are. */
    public static final Uuid MIGRATING = new Uuid(0L, 0L);

    /** The broker has yet to choose. */
    public static final Uuid UNASSIGNED = new Uuid(0L, 1L);

    /** The broker has registered the directory that the replica should be in, and cannot use the replica all the same. */
    public static final Uuid LOST = new Uuid(0L, 2L);

    /** Ids below this are reserved. */
    private static final long FIRST_FREE = 100;

    private DirectoryId() {}

    /**
     * Whether a replica there can be used as far as its directory goes: one that is yet to be chosen can.
     *
     * @param directories those that its broker has; empty where it has not said so
     */
    public static boolean isOnline(Uuid id, Collection<Uuid> directories) {
        return !id.equals(LOST) && (isReserved(id) || directories.isEmpty() || directories.contains(id));
    }

    /** Whether it is the id of no directory. */
    public static boolean isReserved(Uuid id) {
        return id.getMostSignificantBits() == 0
                && id.getLeastSignificantBits() >= 0
                && id.getLeastSignificantBits() < FIRST_FREE;
    }
}
