package dev.weir.group.consumer;

import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a coordinator knows of a group beside the log: forgotten at a restart, and then learnt anew. Everything here only says
 * what is worth checking; nothing that a member is told depends on it alone.
 */
final class SoftState {
    private static final long LONG_AGO = Long.MIN_VALUE / 2;

    /** Topics have changed, or nobody has looked since the log was loaded: the metadata hash may be out of date. */
    boolean topicsChanged = true;
    /** Topics came or went, so expressions may stand for others now. */
    boolean expressionsStale = true;
    /** When expressions were resolved last, milliseconds. */
    long resolvedAtMs = LONG_AGO;
    /** When the group epoch was raised last, milliseconds. */
    long changedAtMs = LONG_AGO;
    /** Classic members that have been told to rejoin. */
    final Set<String> awaited = new HashSet<>();
    /** The resolution under way, if any. */
    @Nullable
    RegexResolution resolution;

    /** Whether so much time has passed; also true where the clock has gone back. */
    static boolean isOver(long sinceMs, long nowMs, long durationMs) {
        return nowMs < sinceMs || nowMs - sinceMs >= durationMs;
    }
}
