package dev.weir.network.api;

import dev.weir.controller.ControllerClient;
import io.vertx.core.Future;
import org.apache.kafka.common.message.DeleteTopicsRequestData;
import org.apache.kafka.common.message.DeleteTopicsResponseData;
import org.apache.kafka.common.protocol.ApiKeys;

/** DeleteTopics, by name and by id: decided by the controller. */
final class DeleteTopicsHandler implements ApiHandler<DeleteTopicsRequestData> {
    private final ControllerClient controller;

    DeleteTopicsHandler(ControllerClient controller) {
        this.controller = controller;
    }

    @Override
    public ApiKeys api() {
        return ApiKeys.DELETE_TOPICS;
    }

    @Override
    public Future<DeleteTopicsResponseData> handle(DeleteTopicsRequestData request, RequestContext context) {
        return controller.deleteTopics(request);
    }
}
