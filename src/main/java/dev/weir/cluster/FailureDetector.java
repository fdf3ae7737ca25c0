package dev.weir.cluster;

import dev.weir.cluster.BrokerDied.Evidence;
import dev.weir.cluster.DetectorEffect.Probe;
import dev.weir.cluster.DetectorEffect.Report;
import dev.weir.cluster.DetectorEffect.StoodStill;
import dev.weir.cluster.DetectorEvent.ConnectionClosed;
import dev.weir.cluster.DetectorEvent.MemberLost;
import dev.weir.cluster.DetectorEvent.MemberSeen;
import dev.weir.cluster.DetectorEvent.MembershipEnded;
import dev.weir.cluster.DetectorEvent.Probed;
import dev.weir.cluster.DetectorEvent.SessionEnded;
import dev.weir.cluster.DetectorEvent.Watch;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Decides which watched brokers are dead. A closed connection or the membership's word makes a suspect; only a probe that began
 * afterwards decides. If this process has stood still, all that it was about to believe is probed again: it was perhaps this
 * process that was gone. Owned by {@link FailureDetectorVerticle}.
 *
 * <pre>
 *   watched ──connection closed, member lost──▶ suspect ──refused, or lost and failed often enough──▶ reported, once
 *      ▲                                        │    ▲ │
 *      └───────────────accepted─────────────────┘    └─┘ failed, not tried: probed again after a while
 * </pre>
 *
 * An accepted connection proves little, since the system accepts for a process that is paused; the rest is left to heartbeats.
 */
final class FailureDetector {
    private final int self;
    private final DetectionSettings settings;
    private final DetectionRules rules;

    private final Map<Life, WatchedBroker> watched = new HashMap<>();
    /** A suspect is watched, and not reported. */
    private final Map<Life, Suspicion> suspects = new HashMap<>();
    /** Each is watched. */
    private final Set<Life> reported = new HashSet<>();
    /** The membership's last word of them is that they are gone, and that was no pause ago. Not only of watched brokers. */
    private final Hearsay lost = new Hearsay();
    /** Their connections have closed, and nobody was there to probe them: this broker was not the controller. */
    private final Hearsay closed = new Hearsay();

    private long lastEventMs;
    private long probes;

    /** @param self this broker, which is never watched */
    FailureDetector(int self, DetectionSettings settings, DetectionRules rules, long nowMs) {
        this.self = self;
        this.settings = settings;
        this.rules = rules;
        this.lastEventMs = nowMs;
    }

    /** @param nowMs monotonic */
    List<DetectorEffect> on(long nowMs, DetectorEvent event) {
        List<DetectorEffect> effects = new ArrayList<>();
        noticePause(nowMs, effects);
        if (event instanceof Watch watch) {
            watch(nowMs, watch.brokers());
        } else if (event instanceof ConnectionClosed news) {
            closed.add(news.life());
            suspect(nowMs, news.life(), true);
        } else if (event instanceof MemberLost news) {
            memberLost(nowMs, news.life());
        } else if (event instanceof MemberSeen news) {
            lost.remove(news.life());
        } else if (event instanceof MembershipEnded) {
            lost.clear();
        } else if (event instanceof SessionEnded ended) {
            if (watched.containsKey(ended.life())) {
                suspects.remove(ended.life());
                reported.add(ended.life());
            }
        } else if (event instanceof Probed probed) {
            probed(nowMs, probed, effects);
        }
        startProbes(nowMs, effects);
        return effects;
    }

    private void noticePause(long nowMs, List<DetectorEffect> effects) {
        long silence = nowMs - lastEventMs;
        lastEventMs = nowMs;
        if (rules.isPause(silence)) {
            effects.add(new StoodStill(silence));
            lost.clear();
            for (Suspicion suspicion : suspects.values()) {
                suspicion.probeId = Suspicion.NO_PROBE;
                suspicion.failures = 0;
                suspicion.nextProbeMs = nowMs;
            }
        }
    }

    private void watch(long nowMs, List<WatchedBroker> brokers) {
        Map<Life, WatchedBroker> before = new HashMap<>(watched);
        watched.clear();
        brokers.stream().filter(b -> b.life().brokerId() != self).forEach(b -> watched.put(b.life(), b));
        suspects.values().removeIf(suspicion -> !suspicion.broker.equals(watched.get(suspicion.broker.life())));
        reported.retainAll(watched.keySet());
        for (WatchedBroker broker : watched.values()) {
            if (!broker.equals(before.get(broker.life()))) {
                boolean wasClosed = closed.any(life -> rules.concerns(life, broker.life()));
                if (wasClosed || isLost(broker.life())) {
                    suspect(nowMs, broker.life(), wasClosed);
                }
            }
        }
    }

    private void memberLost(long nowMs, Life told) {
        boolean known = isLost(told);
        lost.add(told);
        suspect(nowMs, told, false);
        if (!known) {
            suspects.values().stream()
                    .filter(suspicion -> rules.concerns(told, suspicion.broker.life()))
                    .forEach(suspicion -> {
                        suspicion.failures = 0;
                        suspicion.wordSince = suspicion.probeId != Suspicion.NO_PROBE;
                    });
        }
    }

    private void suspect(long nowMs, Life told, boolean connectionClosed) {
        for (WatchedBroker broker : watched.values()) {
            Life life = broker.life();
            if (rules.concerns(told, life) && !reported.contains(life)) {
                Suspicion suspicion = suspects.get(life);
                if (suspicion == null) {
                    suspects.put(life, new Suspicion(broker, connectionClosed, nowMs));
                } else {
                    suspicion.connectionClosed |= connectionClosed;
                    suspicion.newsSince = suspicion.probeId != Suspicion.NO_PROBE;
                    suspicion.nextProbeMs = nowMs;
                }
            }
        }
    }

    private void probed(long nowMs, Probed probed, List<DetectorEffect> effects) {
        Optional<Suspicion> found = suspects.values().stream()
                .filter(suspicion -> suspicion.probeId == probed.probeId())
                .findFirst();
        if (found.isEmpty()) {
            return;
        }
        Suspicion suspicion = found.get();
        Life life = suspicion.broker.life();
        boolean newsSince = suspicion.newsSince;
        suspicion.probeId = Suspicion.NO_PROBE;
        if (probed.outcome() == ProbeOutcome.FAILED && !suspicion.wordSince) {
            suspicion.failures++;
        }
        if (rules.isProof(probed.outcome(), isLost(life), suspicion.failures)) {
            suspects.remove(life);
            reported.add(life);
            effects.add(new Report(new BrokerDied(life, evidence(suspicion, probed.outcome()))));
        } else if (probed.outcome() == ProbeOutcome.ACCEPTED) {
            suspicion.failures = 0;
            suspicion.nextProbeMs = nowMs;
            if (rules.isCleared(newsSince)) {
                suspects.remove(life);
                closed.remove(life);
            }
        } else {
            suspicion.nextProbeMs = rules.isProbedAgain() ? nowMs + settings.retryMs() : Long.MAX_VALUE;
        }
    }

    private static Evidence evidence(Suspicion suspicion, ProbeOutcome outcome) {
        if (outcome != ProbeOutcome.REFUSED) {
            return Evidence.MEMBER_LOST_AND_UNREACHABLE;
        }
        return suspicion.connectionClosed ? Evidence.CONNECTION_CLOSED_AND_REFUSED : Evidence.MEMBER_LOST_AND_REFUSED;
    }

    private boolean isLost(Life life) {
        return lost.any(told -> rules.concerns(told, life));
    }

    private void startProbes(long nowMs, List<DetectorEffect> effects) {
        for (Suspicion suspicion : suspects.values()) {
            if (suspicion.probeId == Suspicion.NO_PROBE && suspicion.nextProbeMs <= nowMs) {
                suspicion.probeId = probes++;
                suspicion.newsSince = false;
                suspicion.wordSince = false;
                effects.add(new Probe(suspicion.probeId, suspicion.broker.endpoint()));
            }
        }
    }
}
