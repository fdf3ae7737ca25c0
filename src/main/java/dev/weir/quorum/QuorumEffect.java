package dev.weir.quorum;

import dev.weir.quorum.QuorumResponse.FetchResponse;
import dev.weir.quorum.QuorumResponse.FetchSnapshotResponse;

/**
 * An effect that the driver carries out. Effects are carried out in their order, each whole before the next, and all of them
 * before the next event; only the sync of what was appended is waited for elsewhere ({@link QuorumEvent.Synced}).
 */
public sealed interface QuorumEffect {

    /** Write {@code quorum-state} and sync it; nothing that follows may be seen by anyone before. */
    record Persist(ElectionState state) implements QuorumEffect {}

    /** Write the cluster's id into every directory, durably; nothing that follows may be seen by anyone before. Comes once at most. */
    record NameCluster(String clusterId) implements QuorumEffect {}

    /** Append a batch to the log, and sync it soon. */
    record Append(LogBatch batch) implements QuorumEffect {}

    /** Truncate the log; what was decided or followed above {@code endOffset} is forgotten. Never below the high watermark. */
    record TruncateTo(long endOffset) implements QuorumEffect {}

    /** Send a request; the peer -1 is any of the bootstrap servers. */
    record Send(int to, long correlationId, QuorumRequest request) implements QuorumEffect {}

    /** Answer a request. */
    record Answer(long requestId, QuorumResponse response) implements QuorumEffect {}

    /** Answer a fetch with what the log holds from {@code fetchOffset} on, as much as fits, synced or not. */
    record AnswerRecords(long requestId, FetchResponse head, long fetchOffset) implements QuorumEffect {}

    /** Answer a FetchSnapshot with bytes from {@code head.position} on, or with an error if there are none. */
    record AnswerSnapshot(long requestId, FetchSnapshotResponse head) implements QuorumEffect {}

    /** Everything below {@code offset} is committed and will never be taken back. */
    record HighWatermarkMoved(long offset) implements QuorumEffect {}

    /**
     * This replica leads. Its controller is active as soon as it has replayed the log to the end of the LeaderChange record
     * at {@code epochStartOffset}.
     */
    record BecameLeader(int epoch, long epochStartOffset) implements QuorumEffect {}

    /** This replica leads no more: what it has decided and not committed is unclear. */
    record Resigned(int epoch) implements QuorumEffect {}

    /** The newest epoch has changed, or its leader became known; {@code leaderId} is -1 while it isn't. */
    record LeaderChanged(int epoch, int leaderId) implements QuorumEffect {}

    /** Keep these bytes of a snapshot that is being loaded. */
    record StoreSnapshot(FetchSnapshotResponse chunk) implements QuorumEffect {}

    /**
     * Put the loaded snapshot in the place of the whole log, in one step, and tell {@link QuorumEvent.SnapshotInstalled}; or
     * {@link QuorumEvent.SnapshotRefused} if it is damaged.
     */
    record InstallSnapshot(OffsetAndEpoch snapshotId) implements QuorumEffect {}

    /** This voter had lost what it had synced, and has caught up: it may be trusted again after a restart too. */
    record CaughtUp() implements QuorumEffect {}

    /** A voter holds less than it had acknowledged in this epoch: its disk has lost records. */
    record VoterWentBack(ReplicaKey voter, long acknowledged, long fetchOffset) implements QuorumEffect {}

    /** The cluster contradicts what was committed here. This replica stops, loudly, and changes nothing. */
    record Halt(String reason) implements QuorumEffect {}
}
