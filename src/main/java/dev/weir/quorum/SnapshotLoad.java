package dev.weir.quorum;

import dev.weir.quorum.QuorumResponse.FetchSnapshotResponse;
import java.util.OptionalLong;

/** A snapshot on its way from the leader to a follower. */
final class SnapshotLoad {
    private final OffsetAndEpoch snapshotId;
    private long position;
    private boolean complete;

    SnapshotLoad(OffsetAndEpoch snapshotId) {
        this.snapshotId = snapshotId;
    }

    OffsetAndEpoch snapshotId() {
        return snapshotId;
    }

    /** The position to ask for next; nothing once the snapshot is complete. */
    OptionalLong request() {
        return complete ? OptionalLong.empty() : OptionalLong.of(position);
    }

    /** Takes the next bytes. Returns whether they fit. */
    boolean take(Quorum quorum, FetchSnapshotResponse chunk) {
        if (!chunk.snapshotId().equals(snapshotId) || chunk.position() != position || complete) {
            return false;
        }
        quorum.emit(new QuorumEffect.StoreSnapshot(chunk));
        position += chunk.length();
        complete = position >= chunk.size();
        if (complete) {
            quorum.emit(new QuorumEffect.InstallSnapshot(snapshotId));
        }
        return complete || chunk.length() > 0;
    }
}
