package dev.weir.quorum;

import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** The votes of one election, or of one pre-vote, among the voters that were known when it began. */
final class Ballot {
    private final VoterSet voters;
    private final Set<Integer> granted = new TreeSet<>();
    private final Set<Integer> refused = new TreeSet<>();

    /** An election in which {@code candidate} votes for itself, if it is a voter. */
    Ballot(VoterSet voters, ReplicaKey candidate) {
        this.voters = voters;
        if (voters.contains(candidate)) {
            granted.add(candidate.id());
        }
    }

    /** Counts a vote; the first of each voter stays. */
    void count(int voterId, boolean grants) {
        if (voters.voter(voterId).isPresent() && !granted.contains(voterId) && !refused.contains(voterId)) {
            (grants ? granted : refused).add(voterId);
        }
    }

    boolean won() {
        return granted.size() >= voters.majority();
    }

    boolean lost() {
        return voters.size() - refused.size() < voters.majority();
    }

    List<Voter> unheard() {
        return voters.voters().stream()
                .filter(voter -> !granted.contains(voter.id()) && !refused.contains(voter.id()))
                .toList();
    }

    List<Integer> granting() {
        return List.copyOf(granted);
    }
}
