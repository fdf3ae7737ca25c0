package dev.weir.controller;

import dev.weir.metadata.BrokerImage;
import dev.weir.metadata.ClusterImage;
import dev.weir.metadata.record.MetadataRecord;
import java.util.List;
import org.apache.kafka.common.message.BrokerHeartbeatRequestData;
import org.apache.kafka.common.message.BrokerHeartbeatResponseData;
import org.apache.kafka.common.protocol.Errors;

/**
 * BrokerHeartbeat: moves a broker between the states of {@link BrokerLifecycle} as it wishes and may. Unfencing waits until
 * it has read its own registration; a broker that wants to stop is let go once it leads nothing. Stateless.
 */
final class BrokerHeartbeats {
    private final BrokerLifecycle brokers;

    BrokerHeartbeats(BrokerLifecycle brokers) {
        this.brokers = brokers;
    }

    ControllerResult<BrokerHeartbeatResponseData> beat(ClusterImage image, BrokerHeartbeatRequestData request) {
        BrokerImage broker = image.broker(request.brokerId()).orElse(null);
        if (broker == null || broker.epoch() != request.brokerEpoch()) {
            return ControllerResult.unchanged(
                    new BrokerHeartbeatResponseData().setErrorCode(Errors.STALE_BROKER_EPOCH.code()));
        }
        boolean stopNow = request.wantShutDown() && (broker.fenced() || request.wantFence() || !leads(image, broker));
        List<MetadataRecord> records = change(image, broker, request, stopNow).records();
        ClusterImage after = image;
        for (MetadataRecord record : records) {
            after = after.apply(record);
        }
        boolean fenced = after.broker(broker.id()).map(BrokerImage::fenced).orElse(true);
        return new ControllerResult<>(
                records,
                new BrokerHeartbeatResponseData()
                        .setIsCaughtUp(request.currentMetadataOffset()
                                >= image.position().offset())
                        .setIsFenced(fenced)
                        .setShouldShutDown(stopNow));
    }

    private ControllerResult<Errors> change(
            ClusterImage image, BrokerImage broker, BrokerHeartbeatRequestData request, boolean stopNow) {
        if (broker.fenced()) {
            boolean readItself = request.currentMetadataOffset() >= broker.epoch();
            return request.wantFence() || request.wantShutDown() || !readItself
                    ? ControllerResult.unchanged(Errors.NONE)
                    : brokers.unfence(image, broker.id(), broker.epoch());
        }
        if (stopNow || request.wantFence()) {
            return brokers.fence(image, broker.id(), broker.epoch());
        }
        return request.wantShutDown()
                ? brokers.beginShutdown(image, broker.id(), broker.epoch())
                : ControllerResult.unchanged(Errors.NONE);
    }

    private static boolean leads(ClusterImage image, BrokerImage broker) {
        return image.topics().byId().values().stream()
                .flatMap(topic -> topic.partitions().values().stream())
                .anyMatch(partition -> partition.leader() == broker.id());
    }
}
