package dev.weir.cluster;

/** The rules with one of them switched off. */
final class MistakenDetectionRules extends DetectionRules {
    private final DetectionMistake mistake;

    MistakenDetectionRules(DetectionSettings settings, DetectionMistake mistake) {
        super(settings);
        this.mistake = mistake;
    }

    @Override
    boolean isPause(long silenceMs) {
        return mistake != DetectionMistake.PAUSE_NOT_NOTICED && super.isPause(silenceMs);
    }

    @Override
    boolean concerns(Life told, Life watched) {
        return mistake == DetectionMistake.INCARNATION_IGNORED
                ? told.brokerId() == watched.brokerId()
                : super.concerns(told, watched);
    }

    @Override
    boolean isProof(ProbeOutcome outcome, boolean memberLost, int failures) {
        return switch (mistake) {
            case SILENCE_ALONE_BELIEVED -> super.isProof(outcome, true, failures);
            case ONE_FAILED_PROBE_BELIEVED -> super.isProof(outcome, memberLost, failures > 0 ? 1_000 : 0);
            default -> super.isProof(outcome, memberLost, failures);
        };
    }

    @Override
    boolean isCleared(boolean newsSince) {
        return mistake == DetectionMistake.OLD_ACCEPTANCE_BELIEVED || super.isCleared(newsSince);
    }

    @Override
    boolean isProbedAgain() {
        return mistake != DetectionMistake.SUSPECT_NOT_PROBED_AGAIN && super.isProbedAgain();
    }
}
