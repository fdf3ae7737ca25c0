package dev.weir.broker;

import java.util.Optional;
import org.apache.kafka.common.message.BrokerHeartbeatRequestData;
import org.apache.kafka.common.message.BrokerHeartbeatResponseData;
import org.apache.kafka.common.message.BrokerRegistrationResponseData;
import org.apache.kafka.common.protocol.Errors;

/**
 * One broker's way into the cluster and out of it (KIP-631), as the broker itself sees it. Pure: time, the answers of the
 * controller and the newest metadata come in; what to send next comes out. One request is under way at a time. Owned by
 * {@link LifecycleVerticle}.
 *
 * <pre>
 *   REGISTERING ──epoch──▶ CATCHING_UP ──image has it──▶ OPENING ──ready──▶ UNFENCING ──▶ RUNNING ──stop──▶ STOPPING ──▶ STOPPED
 *        ▲                                                                                  │  ▲
 *        └────────────── the controller knows this epoch no more ───────────────────────────┘  └─ fenced for a while, and back
 * </pre>
 *
 * Times are of a monotonic clock, in milliseconds.
 */
final class LifecycleCore {
    private static final long RETRY_MS = 100;
    /** A stop waits this long for a controller that says nothing; an election takes less. */
    private static final long SILENCE_MS = 5_000;

    private static final long UNREGISTERED = -1;

    /** Where on its way the broker is. */
    enum Stage {
        /** No epoch yet: it asks the controller to be registered. */
        REGISTERING,
        /** Registered; its metadata has not reached its own registration. */
        CATCHING_UP,
        /** Knows which partitions it has, and opens them; still fenced. */
        OPENING,
        /** Could serve; waits for the controller to unfence it. */
        UNFENCING,
        /** May lead. */
        RUNNING,
        /** Serves, and waits until others lead what it led and everybody has read that. */
        STOPPING,
        /** Let go, refused, or tired of waiting. */
        STOPPED
    }

    /** A request to the controller. */
    enum Send {
        NOTHING,
        REGISTRATION,
        HEARTBEAT
    }

    private final int brokerId;
    private final long heartbeatMs;
    private final long registrationTimeoutMs;
    private final long stopTimeoutMs;

    private Stage stage = Stage.REGISTERING;
    private long epoch = UNREGISTERED;
    private long metadataOffset = -1;
    private long nextSendMs;
    private long stopByMs = Long.MAX_VALUE;
    private long silentFromMs;
    /** When the registration was first refused for another one of its id; -1 if it wasn't. */
    private long duplicateSinceMs = -1;

    private boolean underWay;
    private boolean ready;
    private boolean wasRegistered;
    private Optional<String> refusal = Optional.empty();

    /**
     * A broker that is not registered yet.
     *
     * @param heartbeatMs {@code broker.heartbeat.interval.ms}
     * @param registrationTimeoutMs {@code initial.broker.registration.timeout.ms}
     * @param stopTimeoutMs how long a stop waits to be let go
     */
    LifecycleCore(int brokerId, long heartbeatMs, long registrationTimeoutMs, long stopTimeoutMs, long nowMs) {
        this.brokerId = brokerId;
        this.heartbeatMs = heartbeatMs;
        this.registrationTimeoutMs = registrationTimeoutMs;
        this.stopTimeoutMs = stopTimeoutMs;
        this.nextSendMs = nowMs;
    }

    Stage stage() {
        return stage;
    }

    /** The epoch of the registration, or -1. */
    long epoch() {
        return epoch;
    }

    /** Why this broker cannot be a part of the cluster, in one line; empty if it can. */
    Optional<String> refusal() {
        return refusal;
    }

    /** What to send now. The answer, or its failure, is to be told before anything else is sent. */
    Send next(long nowMs) {
        expire(nowMs);
        if (underWay || stage == Stage.STOPPED || nowMs < nextSendMs) {
            return Send.NOTHING;
        }
        underWay = true;
        return epoch == UNREGISTERED ? Send.REGISTRATION : Send.HEARTBEAT;
    }

    /** The heartbeat that {@link #next} has asked for. */
    BrokerHeartbeatRequestData heartbeat() {
        return new BrokerHeartbeatRequestData()
                .setBrokerId(brokerId)
                .setBrokerEpoch(epoch)
                .setCurrentMetadataOffset(metadataOffset)
                .setWantFence(!ready)
                .setWantShutDown(stage == Stage.STOPPING);
    }

    /** The controller has answered the registration. */
    void registered(BrokerRegistrationResponseData response, long nowMs) {
        underWay = false;
        Errors error = Errors.forCode(response.errorCode());
        if (error == Errors.NONE) {
            epoch = response.brokerEpoch();
            wasRegistered = true;
            nextSendMs = nowMs;
            if (stage == Stage.REGISTERING) {
                stage = Stage.CATCHING_UP;
                catchUp();
            }
        } else {
            refused(error, nowMs);
        }
    }

    private void refused(Errors error, long nowMs) {
        nextSendMs = nowMs + RETRY_MS;
        if (error == Errors.DUPLICATE_BROKER_REGISTRATION && !wasRegistered) {
            duplicateSinceMs = duplicateSinceMs < 0 ? nowMs : duplicateSinceMs;
            if (nowMs - duplicateSinceMs >= registrationTimeoutMs) {
                refuse("another broker with node.id " + brokerId + " is a part of the cluster: give this one another"
                        + " node.id, or stop the other");
            }
        } else if (error == Errors.DUPLICATE_BROKER_REGISTRATION) {
            refuse("another broker with node.id " + brokerId + " has taken the place of this one in the cluster");
        } else if (error == Errors.INCONSISTENT_CLUSTER_ID) {
            refuse("the controller belongs to another cluster: check controller.quorum.voters and cluster.id");
        } else if (error == Errors.UNSUPPORTED_VERSION) {
            refuse("the cluster's feature levels are beyond what this version can run: start a newer version");
        } else if (error == Errors.INVALID_REGISTRATION) {
            refuse("the controller refuses the registration: are log directories of this broker a copy of those of"
                    + " another one?");
        }
    }

    private void refuse(String why) {
        refusal = Optional.of(why);
        stage = Stage.STOPPED;
    }

    /** The controller has answered the heartbeat. */
    void answered(BrokerHeartbeatResponseData response, long nowMs) {
        underWay = false;
        silentFromMs = nowMs;
        nextSendMs = nowMs + heartbeatMs;
        Errors error = Errors.forCode(response.errorCode());
        if (error == Errors.STALE_BROKER_EPOCH || error == Errors.BROKER_ID_NOT_REGISTERED) {
            epoch = UNREGISTERED;
            nextSendMs = nowMs;
        } else if (error != Errors.NONE) {
            nextSendMs = nowMs + RETRY_MS;
        } else if (stage == Stage.STOPPING) {
            nextSendMs = nowMs + Math.min(heartbeatMs, RETRY_MS);
            if (response.shouldShutDown()) {
                stage = Stage.STOPPED;
            }
        } else if (stage == Stage.UNFENCING && !response.isFenced()) {
            stage = Stage.RUNNING;
        } else if (stage == Stage.UNFENCING) {
            nextSendMs = nowMs + Math.min(heartbeatMs, RETRY_MS);
        }
    }

    /** The request could not be answered: there is no controller at the moment, or it cannot be reached. */
    void failed(long nowMs) {
        underWay = false;
        nextSendMs = nowMs + RETRY_MS;
    }

    /** The newest metadata that this broker has applied ends with the record at {@code offset}. */
    void applied(long offset) {
        metadataOffset = Math.max(metadataOffset, offset);
        catchUp();
    }

    private void catchUp() {
        if (stage == Stage.CATCHING_UP && metadataOffset >= epoch) {
            stage = ready ? Stage.UNFENCING : Stage.OPENING;
        }
    }

    /** The partitions are open: clients can be served. A broker that was alone before is ready before it is registered. */
    void ready(long nowMs) {
        ready = true;
        if (stage == Stage.OPENING) {
            stage = Stage.UNFENCING;
            nextSendMs = nowMs;
        }
    }

    /** This broker is to stop: it asks to be let go if it is a part of the cluster. */
    void stop(long nowMs) {
        if (stage == Stage.UNFENCING || stage == Stage.RUNNING) {
            stage = Stage.STOPPING;
            nextSendMs = nowMs;
            stopByMs = nowMs + stopTimeoutMs;
            silentFromMs = nowMs;
        } else if (stage != Stage.STOPPING) {
            stage = Stage.STOPPED;
        }
    }

    /** A stop must not need a controller. */
    private void expire(long nowMs) {
        boolean silent = nowMs - silentFromMs >= SILENCE_MS;
        if (stage == Stage.STOPPING && (nowMs >= stopByMs || silent)) {
            stage = Stage.STOPPED;
        }
    }
}
