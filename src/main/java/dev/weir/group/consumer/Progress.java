package dev.weir.group.consumer;

import dev.weir.group.record.GroupRecord.ConsumerGroupCurrentAssignment;

/**
 * How far a member has come towards its target.
 *
 * <pre>
 *               partitions to give up                 given up, or never had to
 *   STABLE ───────────────────────────▶ UNREVOKED ───────────────────────────┐
 *     ▲ ▲                                   ▲                                │
 *     │ └───── everything assigned ─────────┼────────────────────────────────┤
 *     │                                     │ more to give up                │
 *     └──── all others have let go ── UNRELEASED ◀── some still held by others
 * </pre>
 *
 * @param epoch the epoch that the member is to send; {@link #JOINING}, {@link #LEFT} or {@link #STATIC_LEFT} where it has
 *     none
 * @param previousEpoch the one before, which it may still send because an answer can get lost
 * @param assigned what it may own; a partition stands with at most one member of the group, here or in {@code revoking}
 * @param revoking what it owned and has not confirmed yet to have given up; empty unless UNREVOKED_PARTITIONS
 */
public record Progress(int epoch, int previousEpoch, State state, Ownership assigned, Ownership revoking) {
    static final int JOINING = 0;
    static final int LEFT = -1;
    static final int STATIC_LEFT = -2;

    static final Progress NEW = new Progress(JOINING, LEFT, State.STABLE, Ownership.NONE, Ownership.NONE);
    static final Progress GONE = new Progress(LEFT, LEFT, State.STABLE, Ownership.NONE, Ownership.NONE);

    static Progress of(ConsumerGroupCurrentAssignment.Current current) {
        return new Progress(
                current.memberEpoch(),
                current.previousMemberEpoch(),
                State.of(current.state()),
                Ownership.of(current.assigned(), current.memberEpoch()),
                Ownership.of(current.pendingRevocation(), current.memberEpoch()));
    }

    ConsumerGroupCurrentAssignment.Current toRecord() {
        return new ConsumerGroupCurrentAssignment.Current(
                epoch, previousEpoch, state.code, assigned.toRecord(), revoking.toRecord());
    }

    boolean isReconciledTo(int targetEpoch) {
        return state == State.STABLE && epoch == targetEpoch;
    }

    /** The next step; the epoch so far becomes the previous one. */
    Progress step(int newEpoch, State newState, Ownership nowAssigned, Ownership nowRevoking) {
        return new Progress(newEpoch, epoch, newState, nowAssigned, nowRevoking);
    }

    /** The same with other partitions assigned, the epochs untouched but for the previous one. */
    Progress withAssigned(Ownership nowAssigned) {
        return new Progress(epoch, epoch, state, nowAssigned, revoking);
    }

    /** A static member that will be back: it keeps its partitions. */
    Progress leftForNow() {
        return new Progress(STATIC_LEFT, previousEpoch, state, assigned, Ownership.NONE);
    }

    /** The progress of the process that takes over a static member's place. */
    Progress takenOver() {
        return new Progress(JOINING, JOINING, state, assigned, revoking);
    }

    /** Where a member stands; the codes are those of Kafka's record schema. */
    enum State {
        /** Has all of its target. */
        STABLE(0),
        /** Has to give partitions up before it comes to the next epoch. */
        UNREVOKED_PARTITIONS(1),
        /** Waits for partitions that other members still own. */
        UNRELEASED_PARTITIONS(2),
        /** Written by a newer broker; the member has to start anew. */
        UNKNOWN(127);

        private final byte code;

        State(int code) {
            this.code = (byte) code;
        }

        static State of(byte code) {
            for (State state : values()) {
                if (state.code == code) {
                    return state;
                }
            }
            return UNKNOWN;
        }
    }
}
