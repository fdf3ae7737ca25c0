package dev.weir.cluster;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The promises of the detection: no live broker that can be reached is reported, and each killed one is, in time. */
final class DetectionOracle {
    private final DetectionSettings settings;
    private final int maxDelayMs;
    private final Set<Life> reported = new HashSet<>();
    /** What the membership's lists said, reckoned apart from the core. */
    private Set<Life> members = new HashSet<>();

    /** When the membership's last word of a life was that it is gone. */
    private final Map<Life, Long> gone = new HashMap<>();

    /** When the detector's process stood still, from and until. */
    private final List<long[]> pauses = new ArrayList<>();

    int falseOnes;
    int trueOnes;

    DetectionOracle(DetectionSettings settings, int maxDelayMs) {
        this.settings = settings;
        this.maxDelayMs = maxDelayMs;
    }

    void members(List<Life> all, long now) {
        members.forEach(life -> gone.putIfAbsent(life, now));
        members = new HashSet<>(all);
        gone.keySet().removeAll(members);
    }

    void membershipEnded() {
        members.clear();
        gone.clear();
    }

    /** It noticed that it had; a word from before then counts no more, and its session ends a broker that is not told of again. */
    void detectorStoodStill() {
        gone.clear();
    }

    /** The detector's process will stand still. */
    void standsStill(long now, long until) {
        pauses.add(new long[] {now, until});
    }

    private long stoodStillMs(long since) {
        return pauses.stream()
                .mapToLong(pause -> Math.max(0, pause[1] - Math.max(since, pause[0])))
                .sum();
    }

    void unwatched(Set<Life> watched) {
        reported.retainAll(watched);
    }

    void died(SimPeer peer, BrokerDied died, long now) {
        check(reported.add(died.life()), died.life() + " is reported twice");
        if (!peer.alive || !peer.life.equals(died.life())) {
            trueOnes++;
            return;
        }
        falseOnes++;
        String who = peer + " is reported dead for " + died.evidence();
        check(gone.containsKey(died.life()), who + ", though it is a member");
        check(died.evidence() == BrokerDied.Evidence.MEMBER_LOST_AND_UNREACHABLE, who + ", though it lives");
        long window = settings.failedProbes() * (long) settings.probeTimeoutMs();
        long reach = peer.longestReach(now - window, now);
        // A pause too short to be noticed puts off the next probe, or the outcome of one that was cut off.
        check(
                reach <= settings.probeTimeoutMs() + settings.retryMs() + stoodStillMs(now - window) + 2L * maxDelayMs,
                who + ", reachable " + reach + " ms");
    }

    /** To be asked at short intervals; what ends sooner than that starts the time again by itself. */
    void look(SimPeer peer, boolean watched, boolean detectorRuns, long now) {
        // A word that was given while it lived was answered by a probe then.
        boolean word = gone.getOrDefault(peer.life, -1L) >= peer.diedAt;
        boolean told = word || (peer.hostUp && peer.closedTold);
        boolean due =
                !peer.alive && watched && detectorRuns && told && peer.isReachable() && !reported.contains(peer.life);
        if (!due) {
            peer.dueSince = -1;
            return;
        }
        if (peer.dueSince < 0) {
            peer.dueSince = now;
        }
        int tries = peer.hostUp ? 1 : settings.failedProbes();
        long bound = settings.probeTimeoutMs()
                + tries * (settings.probeTimeoutMs() + (long) settings.retryMs())
                + 3L * settings.tickMs()
                + 4L * maxDelayMs;
        check(now - peer.dueSince <= bound, peer + " is not reported " + bound + " ms after it could be");
    }

    void check(boolean holds, String problem) {
        if (!holds) {
            throw new AssertionError(problem);
        }
    }
}
