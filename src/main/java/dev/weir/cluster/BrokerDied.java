package dev.weir.cluster;

/**
 * A broker that the controller watches is dead, as far as can be known from outside. Told once for each life until the
 * controller watches it no more.
 *
 * @param life who
 * @param evidence why
 */
public record BrokerDied(Life life, Evidence evidence) {
    /** The two witnesses that agree. */
    public enum Evidence {
        /** A connection to it has closed, and its address refuses a new one: the process is gone. */
        CONNECTION_CLOSED_AND_REFUSED,
        /** It is no member any more, and its address refuses a connection: the process is gone. */
        MEMBER_LOST_AND_REFUSED,
        /** It is no member any more, and several connections in a row were not answered: the host is gone, or cut off. */
        MEMBER_LOST_AND_UNREACHABLE
    }
}
