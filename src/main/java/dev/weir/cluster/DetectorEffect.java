package dev.weir.cluster;

/** What the driver of the detection is to do. */
sealed interface DetectorEffect {
    /** Connect to that address, and tell the outcome under that number. */
    record Probe(long probeId, Endpoint endpoint) implements DetectorEffect {}

    /** Tell the controller. */
    record Report(BrokerDied died) implements DetectorEffect {}

    /** Tell the operator that this process stood still. */
    record StoodStill(long pauseMs) implements DetectorEffect {}
}
