package dev.weir.cluster;

import dev.weir.bus.LocalBus;
import dev.weir.cluster.DetectorEffect.Probe;
import dev.weir.cluster.DetectorEffect.Report;
import dev.weir.cluster.DetectorEffect.StoodStill;
import dev.weir.cluster.DetectorEvent.MemberLost;
import dev.weir.cluster.DetectorEvent.MemberSeen;
import dev.weir.cluster.DetectorEvent.MembershipEnded;
import dev.weir.cluster.DetectorEvent.Probed;
import dev.weir.cluster.DetectorEvent.Tick;
import dev.weir.cluster.PeerChange.PeerLost;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds dead brokers, and reports them by {@link ClusterUpdates#DEATHS}. Deploy it as a worker with one thread of its own: event
 * loops that are busy must not make others look dead. Its ticks come from a thread of their own for the same reason.
 */
public final class FailureDetectorVerticle extends VerticleBase {
    private static final Logger LOG = LoggerFactory.getLogger(FailureDetectorVerticle.class);

    private final LocalBus bus;
    private final DetectionSettings settings = DetectionSettings.DEFAULT;
    private final TcpProber prober = new TcpProber(settings.probeTimeoutMs());
    private final FailureDetector detector;
    private final AtomicBoolean tickWaits = new AtomicBoolean();
    private final ScheduledExecutorService ticker = Executors.newSingleThreadScheduledExecutor(run -> {
        Thread thread = new Thread(run, "weir-detection-tick");
        thread.setDaemon(true);
        return thread;
    });

    /** @param self the id of this broker */
    public FailureDetectorVerticle(LocalBus bus, int self) {
        this.bus = bus;
        this.detector = new FailureDetector(self, settings, new DetectionRules(settings), nowMs());
    }

    @Override
    public Future<?> start() {
        bus.subscribe(ClusterUpdates.DETECTOR, this::take);
        bus.subscribe(ClusterUpdates.MEMBERSHIP, this::takeMembership);
        ticker.scheduleWithFixedDelay(this::tick, settings.tickMs(), settings.tickMs(), TimeUnit.MILLISECONDS);
        return Future.succeededFuture();
    }

    @Override
    public Future<?> stop() {
        ticker.shutdownNow();
        prober.close();
        return Future.succeededFuture();
    }

    private void tick() {
        if (tickWaits.compareAndSet(false, true)) {
            turn(() -> {
                tickWaits.set(false);
                take(new Tick());
            });
        }
    }

    private void turn(Runnable task) {
        try {
            context.runOnContext(turn -> task.run());
        } catch (RejectedExecutionException e) {
            LOG.debug("A probe or a tick ended after the detection", e);
        }
    }

    private void takeMembership(MembershipUpdate update) {
        for (PeerChange change : update.changes()) {
            Life life = change.peer().life();
            take(change instanceof PeerLost ? new MemberLost(life) : new MemberSeen(life));
        }
        if (!update.view().running()) {
            take(new MembershipEnded());
        }
    }

    private void take(DetectorEvent event) {
        for (DetectorEffect effect : detector.on(nowMs(), event)) {
            if (effect instanceof Probe probe) {
                prober.probe(probe.endpoint(), outcome -> turn(() -> take(new Probed(probe.probeId(), outcome))));
            } else if (effect instanceof Report report) {
                LOG.warn(
                        "Found dead: {}, {}",
                        report.died().life(),
                        report.died().evidence());
                bus.publish(ClusterUpdates.DEATHS, report.died());
            } else if (effect instanceof StoodStill still) {
                LOG.warn("The detection of dead brokers stood still for {} ms", still.pauseMs());
            }
        }
    }

    private static long nowMs() {
        return TimeUnit.NANOSECONDS.toMillis(System.nanoTime());
    }
}
