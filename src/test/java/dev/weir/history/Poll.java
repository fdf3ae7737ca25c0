package dev.weir.history;

/**
 * One record that a consumer was given.
 *
 * @param reader one consumer from one assignment, seek or restart to the next: within it offsets of a partition rise without a gap
 * @param group the consumer group, empty for a reader that assigns partitions to itself
 */
public record Poll(String reader, String group, int partition, long offset, long value) {}
