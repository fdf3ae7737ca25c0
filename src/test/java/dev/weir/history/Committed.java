package dev.weir.history;

/**
 * One event of a group's committed offset of one partition.
 *
 * @param began when it was asked for, by the one clock of the history
 * @param ended when the response was there; {@link Long#MAX_VALUE} for a commit whose outcome is not known
 * @param offset the offset committed or seen; -1 if none was seen
 * @param read whether it was looked up; else it was committed
 */
public record Committed(String group, int partition, long began, long ended, long offset, boolean read) {}
