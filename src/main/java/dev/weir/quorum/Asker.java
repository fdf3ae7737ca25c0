package dev.weir.quorum;

/**
 * Who asks, as far as this broker knows more than the request says.
 *
 * @param connection the number of the connection that the request came over; no two connections have the same
 * @param registered whether the replica that the request names is a registered broker
 */
public record Asker(long connection, boolean registered) {
    /** Whether the replica that it names is neither a registered broker nor a voter, in any directory. */
    boolean isStranger(ReplicaKey named, VoterSet voters) {
        return !registered && voters.voter(named.id()).isEmpty();
    }
}
