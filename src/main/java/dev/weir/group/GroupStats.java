package dev.weir.group;

import java.util.List;
import org.apache.kafka.common.TopicPartition;

/**
 * The counts and offsets of the groups of one coordinator verticle.
 *
 * @param kinds how many groups there are of each type and state, 0 included
 * @param groups the groups with their offsets; no more than were asked for
 * @param leftOut offsets that are not among {@code groups}
 * @param loading partitions of the group log that are being loaded
 * @param counts what has happened since the start
 */
public record GroupStats(List<Kind> kinds, List<One> groups, int leftOut, int loading, Counts counts) {
    /**
     * Groups that are alike.
     *
     * @param type for example {@code consumer}
     * @param state for example {@code Stable}
     */
    public record Kind(String type, String state, int groups) {}

    /** One group. */
    public record One(String groupId, int members, List<Committed> offsets) {}

    /** A committed offset. */
    public record Committed(TopicPartition partition, long offset) {}

    /**
     * Since the start.
     *
     * @param commits offsets committed
     * @param classicRebalances generations begun by classic groups
     * @param consumerRebalances group epochs begun by consumer groups
     * @param unreadableRecords records of the group log that loads have passed over
     */
    public record Counts(long commits, long classicRebalances, long consumerRebalances, long unreadableRecords) {}
}
