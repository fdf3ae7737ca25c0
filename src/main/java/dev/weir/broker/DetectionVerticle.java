package dev.weir.broker;

import dev.weir.bus.LocalBus;
import dev.weir.cluster.BrokerDied;
import dev.weir.cluster.ClusterClient;
import dev.weir.cluster.ClusterUpdates;
import dev.weir.cluster.Endpoint;
import dev.weir.cluster.Life;
import dev.weir.cluster.MembershipView;
import dev.weir.cluster.Nomination;
import dev.weir.cluster.WatchedBroker;
import dev.weir.controller.BrokerDeath;
import dev.weir.controller.ControllerClient;
import dev.weir.metadata.BrokerImage;
import dev.weir.metadata.ClusterImage;
import dev.weir.metadata.ImageClient;
import dev.weir.metadata.NewestImage;
import dev.weir.peer.PeerClosed;
import dev.weir.peer.PeerEndpoint;
import dev.weir.peer.PeerPurpose;
import dev.weir.quorum.QuorumClient;
import dev.weir.quorum.QuorumView;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Decides whom this broker watches, and to whom a death is told. The active controller watches every broker that is not
 * fenced, and fences those that are found dead; the others watch the controller, and stand when it is dead. The detection
 * itself is in {@code cluster}, on a thread of its own.
 */
final class DetectionVerticle extends VerticleBase {
    private static final long LOOK_MS = 1_000;

    private final LocalBus bus;
    private final int self;
    private final String listener;
    private final PeerWatch peers;
    private final NewestImage newest;
    private final ControllerClient ownController;
    private final QuorumClient quorum;
    private final ClusterClient cluster;
    private final Map<PeerEndpoint, Life> watched = new HashMap<>();
    /** Of registered brokers only; a controller that begins is told of those that died before. */
    private final Map<Life, String> deaths = new HashMap<>();

    private MembershipView members = MembershipView.NONE;
    private boolean lookWaits;

    /**
     * Watches nobody yet.
     *
     * @param self the id of this broker
     * @param listener the name of the listener by which brokers reach each other
     * @param ownController the controller of this broker, active or not
     */
    DetectionVerticle(
            LocalBus bus,
            int self,
            String listener,
            PeerWatch peers,
            NewestImage newest,
            ControllerClient ownController,
            QuorumClient quorum,
            ClusterClient cluster) {
        this.bus = bus;
        this.self = self;
        this.listener = listener;
        this.peers = peers;
        this.newest = newest;
        this.ownController = ownController;
        this.quorum = quorum;
        this.cluster = cluster;
    }

    @Override
    public Future<?> start() {
        bus.subscribe(ClusterUpdates.MEMBERSHIP, update -> members = update.view());
        bus.subscribe(ClusterUpdates.DEATHS, this::died);
        bus.subscribe(Peers.CLOSED, this::closed);
        vertx.setPeriodic(LOOK_MS, timer -> look());
        return new ImageClient(bus).follow(newest.get(), change -> {
            forgetFenced(change.after());
            look();
        });
    }

    private void look() {
        if (!lookWaits) {
            lookWaits = true;
            quorum.view().onComplete(view -> {
                lookWaits = false;
                if (view.succeeded()) {
                    watch(view.result());
                }
            });
        }
    }

    private void watch(QuorumView view) {
        Map<PeerEndpoint, Life> wanted = new HashMap<>();
        for (BrokerImage broker : newest.get().brokers().values()) {
            boolean matters = view.leads() ? !broker.fenced() : broker.id() == view.leaderId();
            if (matters && broker.id() != self) {
                endpoint(broker).ifPresent(at -> wanted.put(at, new Life(broker.id(), broker.incarnationId())));
            }
        }
        deaths.keySet().retainAll(registered());
        if (view.leads()) {
            wanted.values().forEach(this::tellIfDead);
        }
        if (wanted.equals(watched)) {
            return;
        }
        Set<PeerEndpoint> former = new HashSet<>(watched.keySet());
        watched.clear();
        watched.putAll(wanted);
        former.stream().filter(at -> !wanted.containsKey(at)).forEach(peers::unwatch);
        wanted.keySet().forEach(peers::watch);
        cluster.watch(wanted.entrySet().stream()
                .map(one -> new WatchedBroker(
                        one.getValue(),
                        new Endpoint(one.getKey().host(), one.getKey().port())))
                .toList());
    }

    /** A broker that is fenced has been dealt with. If it is unfenced later, it has shown that it lives. */
    private void forgetFenced(ClusterImage image) {
        image.brokers().values().stream()
                .filter(BrokerImage::fenced)
                .forEach(broker -> deaths.remove(new Life(broker.id(), broker.incarnationId())));
    }

    private Set<Life> registered() {
        Set<Life> lives = new HashSet<>();
        newest.get().brokers().values().forEach(broker -> lives.add(new Life(broker.id(), broker.incarnationId())));
        return lives;
    }

    private void tellIfDead(Life life) {
        String evidence = deaths.get(life);
        if (evidence != null) {
            ownController.brokerDied(new BrokerDeath(life.brokerId(), life.incarnation(), evidence));
        }
    }

    private Optional<PeerEndpoint> endpoint(BrokerImage broker) {
        return broker.endpoint(listener)
                .or(() -> broker.endpoints().stream().findFirst())
                .map(at -> new PeerEndpoint(at.host(), at.port()));
    }

    /** Only the end of a connection is a reason to doubt; that a probe finds nobody is the detector's to see. */
    private void closed(PeerClosed end) {
        Life life = watched.get(end.endpoint());
        boolean ended = end.cause() == PeerClosed.Cause.CLOSED || end.cause() == PeerClosed.Cause.REFUSED;
        if (life != null && ended && end.purpose() == PeerPurpose.WATCH) {
            cluster.connectionClosed(life);
        }
    }

    private void died(BrokerDied death) {
        Life life = death.life();
        deaths.put(life, death.evidence().name());
        tellIfDead(life);
        quorum.view().onSuccess(view -> {
            if (view.leaderId() == life.brokerId()) {
                Nomination.rank(self, life.brokerId(), view.voterSet().ids(), List.of(), members)
                        .ifPresent(rank -> quorum.leaderLost(life.brokerId(), rank));
            }
        });
    }
}
