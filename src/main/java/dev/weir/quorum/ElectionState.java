package dev.weir.quorum;

import java.util.List;
import java.util.Optional;

/**
 * The promises of a replica that must outlive a crash: the newest epoch it knows, who leads in it, and whom it voted for.
 * Kept in the file {@code quorum-state}.
 *
 * @param epoch never goes back
 * @param leaderId the leader of that epoch, or -1 while none is known
 * @param voted the candidate that got this replica's only vote of that epoch
 * @param voters the ids of the voters, in files of version 0 only; else empty
 */
public record ElectionState(int epoch, int leaderId, Optional<ReplicaKey> voted, List<Integer> voters) {
    /** No leader, in {@link #leaderId}. */
    public static final int NOBODY = -1;

    /** The state of a replica that has never promised anything. */
    public static final ElectionState INITIAL = new ElectionState(0, NOBODY, Optional.empty());

    public ElectionState {
        voters = List.copyOf(voters);
    }

    /** The state as version 1 of the file has it. */
    public ElectionState(int epoch, int leaderId, Optional<ReplicaKey> voted) {
        this(epoch, leaderId, voted, List.of());
    }
}
