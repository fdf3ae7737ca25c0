package dev.weir.quorum;

/**
 * The times of the quorum, in milliseconds.
 *
 * @param electionTimeoutMs how long an election may take, and how long a voter without a leader waits, up to twice that long
 * @param fetchTimeoutMs how long a follower hears nothing from its leader before it stands
 * @param electionBackoffMaxMs the longest wait after a lost election
 * @param requestTimeoutMs how long a request may be unanswered
 * @param retryBackoffMs the wait before a failed request is repeated
 * @param fetchMaxWaitMs how long a fetch waits for news
 * @param diskStallMs how long a leader's sync may take before it resigns
 */
public record QuorumSettings(
        int electionTimeoutMs,
        int fetchTimeoutMs,
        int electionBackoffMaxMs,
        int requestTimeoutMs,
        int retryBackoffMs,
        int fetchMaxWaitMs,
        int diskStallMs) {
    /** The defaults of Kafka's {@code controller.quorum.*} settings. */
    public static final QuorumSettings DEFAULT = new QuorumSettings(1000, 2000, 1000, 2000, 20, 500, 10_000);

    /** How long a leader does without fetches from a majority (KIP-595). */
    public int checkQuorumMs() {
        return fetchTimeoutMs * 3 / 2;
    }

    /** How often a leader tells voters that have not fetched yet that it leads. */
    public int beginQuorumEpochMs() {
        return fetchTimeoutMs / 2;
    }

    /** How often events must come. Longer silence is a pause of this process, and counts no more than this. */
    public int tickMs() {
        return Math.max(1, fetchTimeoutMs / 8);
    }
}
