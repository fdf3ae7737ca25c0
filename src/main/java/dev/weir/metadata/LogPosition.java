package dev.weir.metadata;

/**
 * A place in the metadata log.
 *
 * @param offset of a record; -1 before the first
 * @param epoch the controller epoch in which that record was written; 0 before the first
 */
public record LogPosition(long offset, int epoch) {
    /** Before the first record. */
    public static final LogPosition NONE = new LogPosition(-1, 0);
}
