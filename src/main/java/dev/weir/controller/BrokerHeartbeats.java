package dev.weir.controller;

import dev.weir.metadata.BrokerImage;
import dev.weir.metadata.ClusterImage;
import dev.weir.metadata.record.BrokerRegistrationChangeRecord;
import dev.weir.metadata.record.MetadataRecord;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.message.BrokerHeartbeatRequestData;
import org.apache.kafka.common.message.BrokerHeartbeatResponseData;
import org.apache.kafka.common.protocol.Errors;

/**
 * BrokerHeartbeat (KIP-631): moves a broker between the states of {@link BrokerLifecycle} as it wishes and may. Unfencing waits
 * until it has read its own registration. A broker that wants to stop is let go once it leads nothing and every other active
 * broker has read that, so that nobody sends it clients any more. What is in log directories that have failed is led by others.
 * Stateless; what was heard is kept in {@link BrokerSessions}.
 */
final class BrokerHeartbeats {
    private final BrokerLifecycle brokers;

    BrokerHeartbeats(BrokerLifecycle brokers) {
        this.brokers = brokers;
    }

    /**
     * Takes a heartbeat in.
     *
     * @param sessions take note of it
     * @param nowMs a monotonic time
     */
    ControllerResult<BrokerHeartbeatResponseData> beat(
            ClusterImage image, BrokerHeartbeatRequestData request, BrokerSessions sessions, long nowMs) {
        BrokerImage broker = image.broker(request.brokerId()).orElse(null);
        if (broker == null || broker.epoch() != request.brokerEpoch()) {
            return ControllerResult.unchanged(
                    new BrokerHeartbeatResponseData().setErrorCode(Errors.STALE_BROKER_EPOCH.code()));
        }
        sessions.heard(broker.id(), broker.epoch(), request.currentMetadataOffset(), nowMs);
        boolean stopNow = request.wantShutDown()
                && (broker.fenced() || mustBeFenced(broker, request) || isLetGo(image, broker, sessions, nowMs));
        List<MetadataRecord> records =
                new ArrayList<>(change(image, broker, request, stopNow).records());
        boolean fenced = fenced(broker, records);
        if (!request.offlineLogDirs().isEmpty()) {
            ClusterImage after = image;
            for (MetadataRecord record : records) {
                after = after.apply(record);
            }
            records.addAll(brokers.logDirsFailed(after, broker, request.offlineLogDirs()));
        }
        return new ControllerResult<>(
                records,
                new BrokerHeartbeatResponseData()
                        .setIsCaughtUp(hasReadItself(broker, request))
                        .setIsFenced(fenced)
                        .setShouldShutDown(stopNow));
    }

    private static boolean fenced(BrokerImage broker, List<MetadataRecord> records) {
        BrokerImage after = broker;
        for (MetadataRecord record : records) {
            if (record instanceof BrokerRegistrationChangeRecord change) {
                after = after.with(change);
            }
        }
        return after.fenced();
    }

    private static boolean hasReadItself(BrokerImage broker, BrokerHeartbeatRequestData request) {
        return request.currentMetadataOffset() >= broker.epoch();
    }

    private static boolean isLetGo(ClusterImage image, BrokerImage broker, BrokerSessions sessions, long nowMs) {
        if (!broker.inControlledShutdown() || leads(image, broker)) {
            return false;
        }
        sessions.leadsNothingFrom(broker.id(), broker.epoch(), image.position().offset(), nowMs);
        return sessions.allKnowThatItLeadsNothing(image, broker.id(), nowMs);
    }

    private ControllerResult<Errors> change(
            ClusterImage image, BrokerImage broker, BrokerHeartbeatRequestData request, boolean stopNow) {
        if (broker.fenced()) {
            return mustBeFenced(broker, request) || request.wantShutDown() || !hasReadItself(broker, request)
                    ? ControllerResult.unchanged(Errors.NONE)
                    : brokers.unfence(image, broker.id(), broker.epoch());
        }
        if (stopNow || mustBeFenced(broker, request)) {
            return brokers.fence(image, broker.id(), broker.epoch());
        }
        return request.wantShutDown()
                ? brokers.beginShutdown(image, broker.id(), broker.epoch())
                : ControllerResult.unchanged(Errors.NONE);
    }

    /** A broker that can use none of its log directories serves nothing. */
    private static boolean mustBeFenced(BrokerImage broker, BrokerHeartbeatRequestData request) {
        boolean nothingLeft =
                !broker.logDirs().isEmpty() && request.offlineLogDirs().containsAll(broker.logDirs());
        return request.wantFence() || nothingLeft;
    }

    private static boolean leads(ClusterImage image, BrokerImage broker) {
        return image.topics().byId().values().stream()
                .flatMap(topic -> topic.partitions().values().stream())
                .anyMatch(partition -> partition.leader() == broker.id());
    }
}
