package dev.weir.cluster;

/** The comparisons on which it rests that no live broker is taken for dead. */
class DetectionRules {
    private final DetectionSettings settings;

    DetectionRules(DetectionSettings settings) {
        this.settings = settings;
    }

    /** Whether this process has stood still if no event came for that long. */
    boolean isPause(long silenceMs) {
        return silenceMs > settings.tickMs() + settings.pauseLimitMs();
    }

    /** Whether what is told of one life concerns another. A broker that has restarted is not meant by news of its last life. */
    boolean concerns(Life told, Life watched) {
        return told.equals(watched);
    }

    /**
     * Whether an outcome proves that a suspect is dead. A host that refuses has no such process. Silence alone may be a cut, and
     * needs the membership's word, and more than one try.
     */
    boolean isProof(ProbeOutcome outcome, boolean memberLost, int failures) {
        return switch (outcome) {
            case REFUSED -> true;
            case FAILED -> memberLost && failures >= settings.failedProbes();
            case ACCEPTED, NOT_TRIED -> false;
        };
    }

    /** Whether an accepted probe clears a suspect: not if there was news of it after the probe began. */
    boolean isCleared(boolean newsSince) {
        return !newsSince;
    }

    /** Whether a suspect whose probe told nothing is probed again: always, until it is clear what it is. */
    boolean isProbedAgain() {
        return true;
    }
}
