package dev.weir.group.core;

import dev.weir.config.BrokerConfig;

/**
 * The rules of classic groups and of offsets, as the cores obey them; all times in milliseconds. Immutable. The names in
 * brackets are the broker settings.
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
    private static final int NEW_MEMBER_JOIN_TIMEOUT_MS = 300_000;
    private static final long MINUTE_MS = 60_000;

    /** The rules that a broker's settings come to. */
    public static GroupRules of(BrokerConfig config) {
        var classic = config.classicGroups();
        var offsets = config.offsets();
        return new GroupRules(
                classic.initialRebalanceDelayMs(),
                classic.maxSize(),
                classic.minSessionTimeoutMs(),
                classic.maxSessionTimeoutMs(),
                NEW_MEMBER_JOIN_TIMEOUT_MS,
                offsets.metadataMaxBytes(),
                offsets.retentionMinutes() * MINUTE_MS,
                offsets.retentionCheckMs());
    }
}
