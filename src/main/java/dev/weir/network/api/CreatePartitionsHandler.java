package dev.weir.network.api;

import dev.weir.controller.ControllerClient;
import io.vertx.core.Future;
import org.apache.kafka.common.message.CreatePartitionsRequestData;
import org.apache.kafka.common.message.CreatePartitionsResponseData;
import org.apache.kafka.common.protocol.ApiKeys;

/** CreatePartitions: decided by the controller. */
final class CreatePartitionsHandler implements ApiHandler<CreatePartitionsRequestData> {
    private final ControllerClient controller;

    CreatePartitionsHandler(ControllerClient controller) {
        this.controller = controller;
    }

    @Override
    public ApiKeys api() {
        return ApiKeys.CREATE_PARTITIONS;
    }

    @Override
    public Future<CreatePartitionsResponseData> handle(CreatePartitionsRequestData request, RequestContext context) {
        return controller.createPartitions(request);
    }
}
