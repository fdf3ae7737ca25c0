package dev.weir.cluster;

import java.util.List;

/** An event that the detection of dead brokers takes in. */
sealed interface DetectorEvent {
    /** From now on these brokers are watched, and no others. */
    record Watch(List<WatchedBroker> brokers) implements DetectorEvent {
        public Watch {
            brokers = List.copyOf(brokers);
        }
    }

    /** A connection to that broker, or from it, has closed without having been closed here. */
    record ConnectionClosed(Life life) implements DetectorEvent {}

    /** The controller has seen the end of that broker's session, and fences it. */
    record SessionEnded(Life life) implements DetectorEvent {}

    record MemberSeen(Life life) implements DetectorEvent {}

    record MemberLost(Life life) implements DetectorEvent {}

    /** This broker takes no part in the membership any more. */
    record MembershipEnded() implements DetectorEvent {}

    /** The probe with that number has ended. */
    record Probed(long probeId, ProbeOutcome outcome) implements DetectorEvent {}

    /** Time has passed. Comes every {@link DetectionSettings#tickMs}. */
    record Tick() implements DetectorEvent {}
}
