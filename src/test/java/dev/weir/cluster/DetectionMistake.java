package dev.weir.cluster;

/** A mistake that the simulation can be told to make, in the rules, in the driver, or in how it reads the membership. */
enum DetectionMistake {
    NONE,
    // a live broker is taken for dead
    WORD_BELIEVED_WITHOUT_PROBE,
    SILENCE_ALONE_BELIEVED,
    ONE_FAILED_PROBE_BELIEVED,
    PAUSE_NOT_NOTICED,
    INCARNATION_IGNORED,
    NOT_TRIED_COUNTS_AS_FAILED,
    END_OF_OWN_MEMBERSHIP_LOSES_ALL,
    MEMBERS_TOLD_APART_BY_UUID,
    RETURN_OF_A_MEMBER_IGNORED,
    // a dead broker is not found
    OLD_ACCEPTANCE_BELIEVED,
    SUSPECT_NOT_PROBED_AGAIN
}
