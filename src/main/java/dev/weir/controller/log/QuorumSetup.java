package dev.weir.controller.log;

import dev.weir.quorum.QuorumSettings;
import dev.weir.quorum.ReplicaKey;
import dev.weir.quorum.Voter;
import dev.weir.quorum.VoterSet;
import java.util.Optional;

/**
 * Which replica of the metadata log this is.
 *
 * @param clusterId of the cluster; empty if its first leader is to make it
 * @param self the broker's id, the id of the log's directory, and where this replica listens
 * @param configured the voters that count until the log names others
 * @param settings the times of the quorum
 * @param snapshots when a snapshot is due
 */
public record QuorumSetup(
        Optional<String> clusterId,
        Voter self,
        VoterSet configured,
        QuorumSettings settings,
        SnapshotPolicy snapshots) {
    /** The broker's id and the id of the log's directory. */
    public ReplicaKey me() {
        return self.key();
    }
}
