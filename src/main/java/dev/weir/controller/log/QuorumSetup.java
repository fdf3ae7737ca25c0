package dev.weir.controller.log;

import dev.weir.quorum.QuorumSettings;
import dev.weir.quorum.ReplicaKey;
import dev.weir.quorum.Voter;
import dev.weir.quorum.VoterSet;

/**
 * Which replica of the metadata log this is.
 *
 * @param clusterId of the cluster
 * @param self the broker's id, the id of the log's directory, and where this replica listens
 * @param configured the voters that count until the log names others
 * @param settings the times of the quorum
 * @param snapshots when a snapshot is due
 */
public record QuorumSetup(
        String clusterId, Voter self, VoterSet configured, QuorumSettings settings, SnapshotPolicy snapshots) {
    /** The broker's id and the id of the log's directory. */
    public ReplicaKey me() {
        return self.key();
    }
}
