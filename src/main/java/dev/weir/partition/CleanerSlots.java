package dev.weir.partition;

/**
 * How many compactions run at once, over all shards; the bound may be altered while they run, and then holds for what begins
 * later. Thread safe; shared by the shards.
 */
public final class CleanerSlots {
    private int taken;

    /** Takes a slot if fewer than {@code most} are taken. */
    synchronized boolean take(int most) {
        boolean free = taken < most;
        taken += free ? 1 : 0;
        return free;
    }

    synchronized void giveBack() {
        taken--;
    }
}
