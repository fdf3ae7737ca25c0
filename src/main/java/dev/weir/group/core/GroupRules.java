package dev.weir.group.core;

/**
 * What an operator sets for groups; all times in milliseconds. The names in brackets are the broker settings.
 *
 * @param initialRebalanceDelayMs how long an empty group waits for more members ({@code group.initial.rebalance.delay.ms})
 * @param maxSize the most members of a classic group, at least 1 ({@code group.max.size})
 * @param minSessionTimeoutMs the least that a classic member may ask for ({@code group.min.session.timeout.ms})
 * @param maxSessionTimeoutMs the most that a classic member may ask for ({@code group.max.session.timeout.ms})
 * @param newMemberJoinTimeoutMs how long a new member's join may wait before the member is given up
 * @param offsetMetadataMaxBytes the longest metadata of a commit ({@code offset.metadata.max.bytes})
 * @param offsetsRetentionMs how long offsets outlive their group ({@code offsets.retention.minutes})
 * @param offsetsRetentionCheckIntervalMs how often expired offsets are looked for
 *     ({@code offsets.retention.check.interval.ms})
 */
public record GroupRules(
        int initialRebalanceDelayMs,
        int maxSize,
        int minSessionTimeoutMs,
        int maxSessionTimeoutMs,
        int newMemberJoinTimeoutMs,
        int offsetMetadataMaxBytes,
        long offsetsRetentionMs,
        long offsetsRetentionCheckIntervalMs) {
    /** Kafka's defaults. */
    public static final GroupRules DEFAULTS =
            new GroupRules(3_000, Integer.MAX_VALUE, 6_000, 1_800_000, 300_000, 4_096, 7 * 24 * 3_600_000L, 600_000);
}
