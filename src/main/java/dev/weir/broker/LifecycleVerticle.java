package dev.weir.broker;

import dev.weir.broker.LifecycleCore.Stage;
import dev.weir.bus.LocalBus;
import dev.weir.controller.ControllerClient;
import dev.weir.metadata.ClusterImage;
import dev.weir.metadata.ImageClient;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.VerticleBase;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.message.BrokerRegistrationRequestData;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Registers this broker with the controller, shows it life, and asks it to be let go. A verticle with a thread of its own, so
 * that neither load nor a slow disk delays a heartbeat. Only its start, its stages and its stop are told to others.
 */
final class LifecycleVerticle extends VerticleBase {
    private static final Logger LOG = LoggerFactory.getLogger(LifecycleVerticle.class);
    private static final long TICK_MS = 100;

    private final LocalBus bus;
    private final ControllerClient controller;
    private final BrokerRegistrationRequestData registration;
    private final LifecycleCore core;
    private final Map<Stage, Promise<Void>> reached = new EnumMap<>(Stage.class);
    private final Promise<String> refused = Promise.promise();
    private Stage told = Stage.REGISTERING;

    /**
     * The lifecycle of one process.
     *
     * @param controller leads to the active controller, wherever it is
     * @param registration of this incarnation
     */
    LifecycleVerticle(
            LocalBus bus, ControllerClient controller, BrokerRegistrationRequestData registration, LifecycleCore core) {
        this.bus = bus;
        this.controller = controller;
        this.registration = registration;
        this.core = core;
        for (Stage stage : Stage.values()) {
            reached.put(stage, Promise.promise());
        }
    }

    @Override
    public Future<?> start() {
        vertx.setPeriodic(1, TICK_MS, timer -> act());
        return new ImageClient(bus).follow(ClusterImage.empty(""), change -> {
            core.applied(change.after().position().offset());
            act();
        });
    }

    /** Completes when the metadata has reached this registration; fails with a {@link StartFailure} if it never will. */
    Future<Void> caughtUp() {
        return reached(Stage.OPENING);
    }

    /** The partitions are open. Completes when this broker may lead. */
    Future<Void> serve() {
        context.runOnContext(ignored -> {
            core.ready(now());
            act();
        });
        return reached(Stage.RUNNING);
    }

    /** Completes with the reason, in one line, if this broker can be a part of the cluster no more. */
    Future<String> refused() {
        return refused.future();
    }

    /** Completes when this broker is let go, or has waited long enough for it. */
    Future<Void> leave() {
        context.runOnContext(ignored -> {
            core.stop(now());
            act();
        });
        return reached(Stage.STOPPED).otherwiseEmpty();
    }

    private Future<Void> reached(Stage stage) {
        Promise<Void> promise = reached.get(stage);
        return promise == null ? Future.failedFuture("no such stage") : promise.future();
    }

    private void act() {
        switch (core.next(now())) {
            case REGISTRATION ->
                controller
                        .registerBroker(registration)
                        .onSuccess(response -> core.registered(response, now()))
                        .onFailure(this::failed)
                        .onComplete(done -> act());
            case HEARTBEAT ->
                controller
                        .heartbeat(core.heartbeat())
                        .onSuccess(response -> core.answered(response, now()))
                        .onFailure(this::failed)
                        .onComplete(done -> act());
            case NOTHING -> {}
        }
        tell();
    }

    private void failed(Throwable cause) {
        LOG.debug("The controller has not answered: {}", cause.toString());
        core.failed(now());
    }

    /** A stage stands for all before it; a broker that was refused has reached none. */
    private void tell() {
        Stage stage = core.stage();
        if (stage == told) {
            return;
        }
        LOG.debug("This broker is {} in epoch {}", stage, core.epoch());
        told = stage;
        if (stage != Stage.STOPPED) {
            reached.forEach((each, promise) -> {
                if (each.compareTo(stage) <= 0) {
                    promise.tryComplete();
                }
            });
            return;
        }
        String why = core.refusal().orElse("told to stop before it was ready");
        core.refusal().ifPresent(refused::tryComplete);
        reached.forEach((each, promise) -> {
            if (each == Stage.STOPPED) {
                promise.tryComplete();
            } else {
                promise.tryFail(new StartFailure(why));
            }
        });
    }

    private static long now() {
        return TimeUnit.NANOSECONDS.toMillis(System.nanoTime());
    }
}
