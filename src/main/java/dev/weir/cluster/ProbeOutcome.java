package dev.weir.cluster;

/** The outcome of one attempt to connect to a broker. */
enum ProbeOutcome {
    /** The connection was accepted, by the process or by the system on behalf of one that is paused. */
    ACCEPTED,
    /** The host says that nobody listens there. */
    REFUSED,
    /** There was no answer in time, or no way to the host. */
    FAILED,
    /** This broker could not try: no free descriptor or port, a name that cannot be looked up. Says nothing about the other. */
    NOT_TRIED
}
