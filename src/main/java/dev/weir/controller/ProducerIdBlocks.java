package dev.weir.controller;

import dev.weir.metadata.ClusterImage;
import dev.weir.metadata.record.ProducerIdsRecord;
import java.util.List;
import org.apache.kafka.common.message.AllocateProducerIdsRequestData;
import org.apache.kafka.common.message.AllocateProducerIdsResponseData;
import org.apache.kafka.common.protocol.Errors;

/** AllocateProducerIds: hands out blocks of producer ids, none of them twice. Stateless. */
final class ProducerIdBlocks {
    /** How many ids a block has. */
    static final int BLOCK_SIZE = 1000;

    private ProducerIdBlocks() {}

    static ControllerResult<AllocateProducerIdsResponseData> allocate(
            ClusterImage image, AllocateProducerIdsRequestData request) {
        AllocateProducerIdsResponseData response = new AllocateProducerIdsResponseData();
        boolean current = image.broker(request.brokerId())
                .filter(broker -> broker.epoch() == request.brokerEpoch())
                .isPresent();
        if (!current) {
            return ControllerResult.unchanged(response.setErrorCode(Errors.STALE_BROKER_EPOCH.code()));
        }
        long start = image.nextProducerId();
        if (start > Long.MAX_VALUE - BLOCK_SIZE) {
            return ControllerResult.unchanged(response.setErrorCode(Errors.UNKNOWN_SERVER_ERROR.code()));
        }
        return new ControllerResult<>(
                List.of(new ProducerIdsRecord(request.brokerId(), request.brokerEpoch(), start + BLOCK_SIZE)),
                response.setProducerIdStart(start).setProducerIdLen(BLOCK_SIZE));
    }
}
