package dev.weir.network.api;

import dev.weir.controller.ControllerClient;
import io.vertx.core.Future;
import org.apache.kafka.common.message.CreateTopicsRequestData;
import org.apache.kafka.common.message.CreateTopicsResponseData;
import org.apache.kafka.common.protocol.ApiKeys;

/** CreateTopics: decided by the controller. */
final class CreateTopicsHandler implements ApiHandler<CreateTopicsRequestData> {
    private final ControllerClient controller;

    CreateTopicsHandler(ControllerClient controller) {
        this.controller = controller;
    }

    @Override
    public ApiKeys api() {
        return ApiKeys.CREATE_TOPICS;
    }

    @Override
    public Future<CreateTopicsResponseData> handle(CreateTopicsRequestData request, RequestContext context) {
        return controller.createTopics(request);
    }
}
