package dev.weir.cluster;

import dev.weir.cluster.DetectorEffect.Probe;
import dev.weir.cluster.DetectorEffect.Report;
import dev.weir.cluster.DetectorEvent.ConnectionClosed;
import dev.weir.cluster.DetectorEvent.MemberLost;
import dev.weir.cluster.DetectorEvent.MemberSeen;
import dev.weir.cluster.DetectorEvent.MembershipEnded;
import dev.weir.cluster.DetectorEvent.Probed;
import dev.weir.cluster.DetectorEvent.Tick;
import dev.weir.cluster.DetectorEvent.Watch;
import dev.weir.cluster.MemberNews.MembersChanged;
import dev.weir.cluster.PeerChange.PeerLost;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.kafka.common.Uuid;

/**
 * One random life of a detector and its view of the membership, among brokers that are killed, cut off on one way or both, and
 * started again. The detector's own process stands still now and then. {@link DetectionOracle} checks every report when it is
 * made, and looks for missing ones at each tick.
 */
final class DetectionSimulation {
    static final int SELF = 0;
    private static final int END_MS = 30_000;
    static final int MAX_DELAY_MS = 15;

    final DetectionSettings settings = DetectionSettings.DEFAULT;
    final DetectionMistake mistake;
    final DetectionOracle oracle = new DetectionOracle(settings, MAX_DELAY_MS);
    final List<SimPeer> peers = new ArrayList<>();
    final List<String> history = new ArrayList<>();
    final SimMembership membership;
    boolean keepsHistory;
    long now;
    boolean exhausted;
    long pausedUntil;
    private long lastEventMs;
    boolean membershipFrozen;

    final Random random;
    private final FailureDetector detector;
    private final MembershipCore core = new MembershipCore();
    private final Map<Integer, WatchedBroker> watched = new HashMap<>();
    private final Map<String, Life> membersByUuid = new HashMap<>();
    private final PriorityQueue<Task> tasks =
            new PriorityQueue<>(Comparator.comparingLong(Task::at).thenComparingLong(Task::order));
    private final DetectionFaults faults;
    private final Deque<Runnable> inbox = new ArrayDeque<>();
    private boolean draining;
    private long order;
    boolean controls = true;

    private record Task(long at, long order, Runnable action) {}

    DetectionSimulation(long seed, DetectionMistake mistake) {
        random = new Random(seed);
        this.mistake = mistake;
        detector = new FailureDetector(SELF, settings, new MistakenDetectionRules(settings, mistake), 0);
        membership = new SimMembership(
                random,
                new Life(SELF, new Uuid(SELF, 1)),
                news -> later(random.nextInt(50), () -> onDetector(() -> take(news))));
        for (int id = 1 + random.nextInt(2); id >= 0; id--) {
            peers.add(new SimPeer(peers.size() + 1));
        }
        faults = new DetectionFaults(this);
    }

    void run() {
        membership.start();
        peers.forEach(peer -> {
            watched.put(peer.id, peer.watched());
            membership.add(peer.life);
        });
        watch();
        tick();
        look();
        peers.forEach(faults::next);
        faults.ownNext();
        while (!tasks.isEmpty() && now < END_MS) {
            Task task = tasks.poll();
            now = task.at();
            task.action().run();
        }
    }

    void later(long delay, Runnable action) {
        tasks.add(new Task(now + delay, order++, action));
    }

    /** In the detector's process, in order, and when it runs again if it stands still now. */
    void onDetector(Runnable action) {
        inbox.add(action);
        drain();
    }

    private void drain() {
        if (now < pausedUntil) {
            later(pausedUntil - now, this::drain);
            return;
        }
        while (!inbox.isEmpty() && !draining) {
            draining = true;
            noticePause();
            inbox.remove().run();
            draining = false;
        }
    }

    /** Before the detector takes the next event: a word that this event brings is newer than the pause. */
    private void noticePause() {
        if (now - lastEventMs > settings.tickMs() + settings.pauseLimitMs()) {
            oracle.detectorStoodStill();
        }
        lastEventMs = now;
    }

    void say(String line) {
        if (keepsHistory) {
            history.add(now + " " + line);
        }
    }

    // ---- the controller

    void register(SimPeer peer) {
        watched.put(peer.id, peer.watched());
        watch();
    }

    boolean watches(SimPeer peer) {
        WatchedBroker broker = watched.get(peer.id);
        return controls && broker != null && broker.life().equals(peer.life);
    }

    void watch() {
        List<WatchedBroker> list = controls ? List.copyOf(watched.values()) : List.of();
        peers.stream().filter(peer -> !watches(peer)).forEach(peer -> peer.dueSince = -1);
        onDetector(() -> {
            oracle.unwatched(list.stream().map(WatchedBroker::life).collect(Collectors.toSet()));
            detect(new Watch(list));
        });
    }

    void closed(SimPeer peer, Life life) {
        onDetector(() -> {
            if (life.equals(peer.life) && !peer.alive) {
                peer.closedTold = true;
            }
            detect(new ConnectionClosed(life));
        });
    }

    // ---- the detector's process

    private void tick() {
        later(
                settings.tickMs(),
                () -> onDetector(() -> {
                    detect(new Tick());
                    tick();
                }));
    }

    private void look() {
        later(20, this::look);
        for (SimPeer peer : peers) {
            oracle.look(peer, watches(peer), now >= pausedUntil && !exhausted, now);
        }
    }

    private void take(MemberNews news) {
        if (news instanceof MembersChanged changed) {
            oracle.members(
                    changed.attributes().stream()
                            .flatMap(attributes -> PeerAttributes.parse(attributes).stream())
                            .map(Peer::life)
                            .toList(),
                    now);
        } else {
            oracle.membershipEnded();
            if (mistake == DetectionMistake.END_OF_OWN_MEMBERSHIP_LOSES_ALL) {
                apply(core.on(new MembersChanged(List.of())));
            }
        }
        say("takes " + news);
        apply(core.on(news));
        if (news instanceof MembersChanged changed) {
            tellApartByUuid(changed);
        } else {
            detect(new MembershipEnded());
            if (mistake == DetectionMistake.END_OF_OWN_MEMBERSHIP_LOSES_ALL) {
                watched.values().forEach(broker -> detect(new MemberLost(broker.life())));
            }
        }
    }

    private void apply(MembershipCore.Effects effects) {
        for (PeerChange change : effects.changes()) {
            Life life = change.peer().life();
            if (change instanceof PeerLost) {
                detect(new MemberLost(life));
            } else if (mistake != DetectionMistake.RETURN_OF_A_MEMBER_IGNORED) {
                detect(new MemberSeen(life));
            }
        }
    }

    private void tellApartByUuid(MembersChanged changed) {
        Map<String, Life> before = Map.copyOf(membersByUuid);
        membersByUuid.clear();
        changed.attributes().forEach(attributes -> PeerAttributes.parse(attributes)
                .ifPresent(peer -> membersByUuid.put(attributes.getOrDefault("uuid", ""), peer.life())));
        if (mistake == DetectionMistake.MEMBERS_TOLD_APART_BY_UUID) {
            before.forEach((uuid, life) -> {
                if (!membersByUuid.containsKey(uuid)) {
                    detect(new MemberLost(life));
                }
            });
        }
    }

    private void detect(DetectorEvent event) {
        noticePause();
        if (!(event instanceof Tick)) {
            say("detector takes " + event);
        }
        for (DetectorEffect effect : detector.on(now, event)) {
            if (effect instanceof Probe probe) {
                say("probe " + probe);
                probe(probe);
            } else if (effect instanceof Report report) {
                report(report.died());
            }
        }
    }

    private void report(BrokerDied died) {
        say("reports " + died);
        SimPeer peer = peers.get(died.life().brokerId() - 1);
        oracle.died(peer, died, now);
        int delay = random.nextInt(30);
        later(delay, () -> {
            WatchedBroker broker = watched.get(peer.id);
            if (broker != null && broker.life().equals(died.life())) {
                watched.remove(peer.id);
                watch();
            }
            if (peer.alive && peer.life.equals(died.life())) {
                later(500 + random.nextInt(500), () -> faults.registerAgain(peer));
            }
        });
    }

    // ---- the network

    /** The outcome that comes first counts. A pause of this process may make either come first. */
    private void probe(Probe probe) {
        boolean[] told = new boolean[1];
        if (exhausted) {
            probed(
                    told,
                    probe,
                    mistake == DetectionMistake.NOT_TRIED_COUNTS_AS_FAILED
                            ? ProbeOutcome.FAILED
                            : ProbeOutcome.NOT_TRIED);
            return;
        }
        if (mistake == DetectionMistake.WORD_BELIEVED_WITHOUT_PROBE) {
            probed(told, probe, ProbeOutcome.REFUSED);
            return;
        }
        later(settings.probeTimeoutMs(), () -> probed(told, probe, ProbeOutcome.FAILED));
        SimPeer peer = peers.get(probe.endpoint().port() % 100 - 1);
        later(1 + random.nextInt(MAX_DELAY_MS), () -> {
            if (!peer.cutTo && peer.hostUp) {
                boolean listens = peer.alive && peer.port == probe.endpoint().port();
                later(1 + random.nextInt(MAX_DELAY_MS), () -> {
                    if (!peer.cutFrom) {
                        probed(told, probe, listens ? ProbeOutcome.ACCEPTED : ProbeOutcome.REFUSED);
                    }
                });
            }
        });
    }

    private void probed(boolean[] told, Probe probe, ProbeOutcome outcome) {
        if (now < pausedUntil) {
            // In no order: the time-out may be seen before the answer that had come long ago.
            later(pausedUntil - now + random.nextInt(3), () -> probed(told, probe, outcome));
        } else if (!told[0]) {
            told[0] = true;
            detect(new Probed(probe.probeId(), outcome));
        }
    }

    Set<Integer> watchedIds() {
        return watched.keySet();
    }

    void forget(SimPeer peer) {
        watched.remove(peer.id);
        watch();
    }
}
