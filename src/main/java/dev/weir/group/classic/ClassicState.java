package dev.weir.group.classic;

import java.util.List;
import java.util.stream.Stream;
import org.apache.kafka.common.protocol.Errors;

/**
 * Where a classic group stands. Each state says how it answers; {@link ClassicRebalance} takes the transitions.
 *
 * <pre>
 *            join                     all have joined, or time is up
 *   Empty ---------> PreparingRebalance ---------------------> CompletingRebalance
 *     ^                 |    ^    ^                                |         |
 *     |  nobody left    |    |    '----- join, leave, expiry ------'         | the leader's
 *     '-----------------'    |                                               | assignment
 *                            '--------- join, leave, expiry ---- Stable <----'
 *
 *   any state ---- deleted ----> Dead
 * </pre>
 *
 * Each state names where it differs from one of settled members, whom everything is granted.
 *
 * <p>A join of a newcomer is always taken in and leads to a rebalance; a leave always succeeds for a known member.
 */
public sealed interface ClassicState {
    /** What becomes of the join of a member that the group already knows. */
    enum Rejoin {
        /** The member waits for the next generation. */
        REBALANCE,
        /** Nothing has changed: it is told of the current generation at once. */
        CURRENT_GENERATION,
        /** It must forget its generation: UNKNOWN_MEMBER_ID. */
        RESET
    }

    /** The names of the states that a group is seen in; one that is {@link Dead} is not there any more. */
    static List<String> visibleNames() {
        return Stream.of(PreparingRebalance.class, CompletingRebalance.class, Stable.class, Empty.class)
                .map(Class::getSimpleName)
                .toList();
    }

    /** As Kafka's tools show it. */
    default String name() {
        return getClass().getSimpleName();
    }

    /** Whether a rebalance can begin here. */
    default boolean canRebalance() {
        return true;
    }

    Rejoin rejoin(boolean leader, boolean sameProtocols);

    /** What a member of the current generation hears on SyncGroup; {@code NONE} where it is given its assignment or waits. */
    default Errors sync() {
        return Errors.NONE;
    }

    /** What a member of the current generation hears on Heartbeat. */
    default Errors heartbeat() {
        return Errors.NONE;
    }

    /** What a member of the current generation hears on OffsetCommit. */
    default Errors commit() {
        return Errors.NONE;
    }

    /** No members. Offsets may be committed by anybody who names no member. */
    record Empty() implements ClassicState {
        @Override
        public Rejoin rejoin(boolean leader, boolean sameProtocols) {
            return Rejoin.RESET;
        }

        @Override
        public Errors sync() {
            return Errors.UNKNOWN_MEMBER_ID;
        }

        @Override
        public Errors heartbeat() {
            return Errors.UNKNOWN_MEMBER_ID;
        }
    }

    /**
     * Members are joining; left when all have, or when the join timer fires.
     *
     * @param initial whether the group was empty: then it waits its time in full, so that more members can come
     * @param waitedMs the current wait of an initial rebalance
     * @param remainingMs how much an initial rebalance may still be put off
     */
    record PreparingRebalance(boolean initial, int waitedMs, int remainingMs) implements ClassicState {
        @Override
        public boolean canRebalance() {
            return false;
        }

        @Override
        public Rejoin rejoin(boolean leader, boolean sameProtocols) {
            return Rejoin.REBALANCE;
        }

        @Override
        public Errors sync() {
            return Errors.REBALANCE_IN_PROGRESS;
        }

        @Override
        public Errors heartbeat() {
            return Errors.REBALANCE_IN_PROGRESS;
        }
    }

    /** The members know their generation and wait for the leader's assignment; left when it comes or the sync timer fires. */
    record CompletingRebalance() implements ClassicState {
        @Override
        public Rejoin rejoin(boolean leader, boolean sameProtocols) {
            return sameProtocols ? Rejoin.CURRENT_GENERATION : Rejoin.REBALANCE;
        }

        @Override
        public Errors commit() {
            return Errors.REBALANCE_IN_PROGRESS;
        }
    }

    /** Everybody has, or can fetch, their assignment. A leader that joins again asks for a rebalance. */
    record Stable() implements ClassicState {
        @Override
        public Rejoin rejoin(boolean leader, boolean sameProtocols) {
            return leader || !sameProtocols ? Rejoin.REBALANCE : Rejoin.CURRENT_GENERATION;
        }
    }

    /** Deleted; nothing leads out of here. */
    record Dead() implements ClassicState {
        @Override
        public boolean canRebalance() {
            return false;
        }

        @Override
        public Rejoin rejoin(boolean leader, boolean sameProtocols) {
            return Rejoin.RESET;
        }

        @Override
        public Errors sync() {
            return Errors.COORDINATOR_NOT_AVAILABLE;
        }

        @Override
        public Errors heartbeat() {
            return Errors.COORDINATOR_NOT_AVAILABLE;
        }

        @Override
        public Errors commit() {
            return Errors.COORDINATOR_NOT_AVAILABLE;
        }
    }
}
