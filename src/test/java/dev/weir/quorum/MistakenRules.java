package dev.weir.quorum;

import java.util.Optional;

/** The rules with one of them switched off. */
final class MistakenRules extends SafetyRules {
    private final QuorumMistake mistake;

    MistakenRules(QuorumMistake mistake) {
        this.mistake = mistake;
    }

    @Override
    boolean mayCommit(long offset, long epochStartOffset) {
        return mistake == QuorumMistake.COMMIT_OF_AN_OLDER_EPOCH || super.mayCommit(offset, epochStartOffset);
    }

    @Override
    boolean mayTruncate(long offset, long highWatermark) {
        return mistake == QuorumMistake.TRUNCATION_OF_THE_COMMITTED || super.mayTruncate(offset, highWatermark);
    }

    @Override
    boolean mayHeed(boolean registered, boolean candidate, boolean leaderless, boolean lonely) {
        return mistake == QuorumMistake.STRANGERS_ARE_HEEDED
                || super.mayHeed(registered, candidate, leaderless, lonely);
    }

    @Override
    boolean mayLead(ClusterName known, Optional<String> candidates) {
        return mistake == QuorumMistake.CLUSTER_ID_NOT_ASKED_FOR_AT_A_VOTE || super.mayLead(known, candidates);
    }

    @Override
    boolean mayChangeVoters(long lastChange, boolean committed, long highWatermark) {
        return mistake == QuorumMistake.TWO_VOTER_CHANGES_AT_A_TIME
                || super.mayChangeVoters(lastChange, committed, highWatermark);
    }
}
