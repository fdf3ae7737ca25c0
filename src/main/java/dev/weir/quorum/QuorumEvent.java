package dev.weir.quorum;

/** An event that a replica takes in. */
public sealed interface QuorumEvent {

    /** Time has passed. Comes every {@link QuorumSettings#tickMs} at least. */
    record Tick() implements QuorumEvent {}

    /** A peer asks; {@code requestId} names the request in {@link QuorumEffect.Answer}. */
    record Requested(long requestId, Asker asker, QuorumRequest request) implements QuorumEvent {}

    /** A peer has answered the request with that correlation id. */
    record Responded(int from, long correlationId, QuorumResponse response) implements QuorumEvent {}

    /** The request with that correlation id will not be answered: the connection was refused or is closed. */
    record Unanswered(int to, long correlationId) implements QuorumEvent {}

    /**
     * Everything below {@code endOffset} is on the disk. A sync that began before a truncation is not told, since what was
     * appended after it may stand at the same offsets.
     */
    record Synced(long endOffset) implements QuorumEvent {}

    /** A write or a sync of the log has failed: this replica neither leads, votes nor follows before it has restarted. */
    record LogFailed() implements QuorumEvent {}

    /** The controller of {@code epoch} has decided; {@code count} records are to be appended as one batch. */
    record Proposed(int epoch, int count, LogBatch.Data data) implements QuorumEvent {}

    /** A snapshot was written, and the log may now begin at {@code logStartOffset}, not above the snapshot's end. */
    record SnapshotWritten(OffsetAndEpoch snapshotId, long logStartOffset) implements QuorumEvent {}

    /** The snapshot is installed and the log is empty above it. Follows {@link QuorumEffect.InstallSnapshot} at once. */
    record SnapshotInstalled(OffsetAndEpoch snapshotId, VoterSet voters) implements QuorumEvent {}

    /** The loaded snapshot is damaged and was dropped; it is fetched again. */
    record SnapshotRefused(OffsetAndEpoch snapshotId) implements QuorumEvent {}

    /**
     * The membership has lost the broker that leads, and this voter stands {@code rank}-th, from 0. Only a hint: it may be
     * stale, wrong, or come twice, and nothing unsafe follows.
     */
    record LeaderLost(int leaderId, int rank) implements QuorumEvent {}

    /** This replica is about to stop: it hands over the lead and stands no more. */
    record Stopping() implements QuorumEvent {}
}
