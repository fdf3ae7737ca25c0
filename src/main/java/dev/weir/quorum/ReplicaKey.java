package dev.weir.quorum;

import org.apache.kafka.common.Uuid;

/**
 * The identity of a replica of the metadata log: its id and the directory in which its promises lie (KIP-853). A disk that is
 * lost takes its identity with it: the new directory has a new id.
 *
 * @param id the broker id
 * @param directoryId of the metadata log's directory; {@link Uuid#ZERO_UUID} while it is not known
 */
public record ReplicaKey(int id, Uuid directoryId) {
    /** The key of a replica whose directory is not known. */
    public static ReplicaKey of(int id) {
        return new ReplicaKey(id, Uuid.ZERO_UUID);
    }

    /** Whether the directory is known. */
    public boolean pinned() {
        return !directoryId.equals(Uuid.ZERO_UUID);
    }

    /** Whether {@code other} may be the replica that this key names: one without a directory names any of that id. */
    public boolean names(ReplicaKey other) {
        return id == other.id && (!pinned() || directoryId.equals(other.directoryId));
    }
}
