package dev.weir.history;

/**
 * One record that a producer sent.
 *
 * @param producer one producer of one incarnation; its sends to a partition are in the order of {@code value}
 * @param value the record's value, unique in the history, rising for each producer
 * @param offset where it was acknowledged; {@link #UNKNOWN} if the outcome is not known or the send failed
 */
public record Send(int producer, Guarantee guarantee, int partition, long value, long offset) {
    /** Not acknowledged: the record may be there, or not. */
    public static final long UNKNOWN = -1;

    public boolean isAcknowledged() {
        return offset != UNKNOWN;
    }
}
