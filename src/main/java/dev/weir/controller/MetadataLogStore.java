package dev.weir.controller;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;

/**
 * Where the metadata log, its snapshots and the quorum state are kept. Synchronous; owned by the controller's thread. What a
 * method has written is durable when it returns; when it fails, nothing of it is there.
 */
public interface MetadataLogStore {
    /** The first offset that can be read. */
    long startOffset();

    /** The offset of the next record. */
    long endOffset();

    /** The epoch of the last batch; 0 where there is none. */
    int lastEpoch();

    /**
     * Appends whole batches, whose first offset is {@link #endOffset}.
     *
     * @param nowMs wall clock
     */
    void append(ByteBuffer batches, long nowMs) throws IOException;

    /** Whole batches from the one that holds {@code offset} on: at least one, then as many as fit into {@code maxBytes}. */
    ByteBuffer read(long offset, int maxBytes) throws IOException;

    /** Gives up the records below {@code offset}; some may stay for a while. */
    void trim(long offset, long nowMs) throws IOException;

    /** Gives up every record; the log then starts and ends at {@code offset}. */
    void restartAt(long offset, long nowMs) throws IOException;

    /** The snapshots that are there, oldest first. */
    List<SnapshotId> snapshots() throws IOException;

    ByteBuffer readSnapshot(SnapshotId id) throws IOException;

    /** Writes a snapshot, replacing one of the same id. */
    void writeSnapshot(SnapshotId id, ByteBuffer content) throws IOException;

    void deleteSnapshot(SnapshotId id) throws IOException;

    /** The content of {@code quorum-state}; empty where there is none yet. */
    Optional<String> readQuorumState() throws IOException;

    void writeQuorumState(String json) throws IOException;

    /** Ends the use of the log. */
    void close() throws IOException;
}
