package dev.weir.cluster;

import dev.weir.bus.LocalBus;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.VerticleBase;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The owner of this broker's view of the membership, on an event loop. It never calls the library: a thread of its own joins
 * and leaves ({@link MembershipMonitor}), and the library's threads only publish on the bus. A start waits for nothing, a stop
 * for {@link #STOP_MS} at most.
 */
public final class ClusterVerticle extends VerticleBase {
    private static final Logger LOG = LoggerFactory.getLogger(ClusterVerticle.class);
    static final long STOP_MS = 3_000;
    private static final long STOP_CHECK_MS = 20;

    private final LocalBus bus;
    private final MembershipCore core = new MembershipCore();
    private final MembershipMonitor monitor;

    ClusterVerticle(LocalBus bus, MembershipOptions options, Supplier<Membership> library) {
        this.bus = bus;
        this.monitor = new MembershipMonitor(library, options, event -> bus.publish(ClusterUpdates.MEMBERS, event));
    }

    /** A membership by Hazelcast, nothing of which is loaded before the verticle starts. */
    public static ClusterVerticle withHazelcast(LocalBus bus, MembershipOptions options) {
        return new ClusterVerticle(bus, options, () -> new HazelcastMembership(options));
    }

    @Override
    public Future<?> start() {
        bus.subscribe(ClusterUpdates.MEMBERS, this::take);
        bus.serve(ClusterClient.VIEW, asked -> Future.succeededFuture(core.view()));
        monitor.start();
        return Future.succeededFuture();
    }

    @Override
    public Future<?> stop() {
        monitor.stop();
        Promise<Void> stopped = Promise.promise();
        long deadline = System.nanoTime() + STOP_MS * 1_000_000;
        vertx.setPeriodic(1, STOP_CHECK_MS, timer -> {
            boolean late = System.nanoTime() - deadline > 0;
            if (monitor.hasEnded() || late) {
                vertx.cancelTimer(timer);
                if (late) {
                    LOG.info("The membership does not end within {} ms; it ends with the process", STOP_MS);
                }
                stopped.tryComplete();
            }
        });
        return stopped.future();
    }

    private void take(MemberNews event) {
        boolean ran = core.view().running();
        MembershipCore.Effects effects = core.on(event);
        effects.warnings().forEach(LOG::warn);
        effects.changes()
                .forEach(change -> LOG.info(
                        change instanceof PeerChange.PeerSeen ? "A member has come: {}" : "A member has gone: {}",
                        change.peer()));
        if (!effects.changes().isEmpty() || ran != core.view().running()) {
            bus.publish(ClusterUpdates.MEMBERSHIP, new MembershipUpdate(core.view(), effects.changes()));
        }
    }
}
