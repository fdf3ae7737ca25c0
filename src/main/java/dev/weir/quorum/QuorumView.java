package dev.weir.quorum;

import java.util.List;

/**
 * The quorum as one replica sees it, for DescribeQuorum (KIP-595, 836, 853).
 *
 * @param epoch the newest known
 * @param leaderId its leader, or -1
 * @param leads whether this replica is the leader; only then are the lists below filled
 * @param highWatermark everything below it is committed; -1 if unknown
 * @param voterSet the voters with their endpoints
 * @param voters how far each voter is, the leader included
 * @param observers how far each observer that fetches is
 */
public record QuorumView(
        int epoch,
        int leaderId,
        boolean leads,
        long highWatermark,
        VoterSet voterSet,
        List<Progress> voters,
        List<Progress> observers) {
    public QuorumView {
        voters = List.copyOf(voters);
        observers = List.copyOf(observers);
    }

    /**
     * How far a replica is.
     *
     * @param replica who
     * @param logEndOffset the end of its log; -1 if unknown
     * @param lastFetchMs wall clock of its last fetch; -1 if none, and for the leader
     * @param lastCaughtUpMs wall clock when it last held the whole log; -1 if never
     */
    public record Progress(ReplicaKey replica, long logEndOffset, long lastFetchMs, long lastCaughtUpMs) {}
}
