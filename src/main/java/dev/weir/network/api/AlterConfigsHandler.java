package dev.weir.network.api;

import dev.weir.controller.ControllerClient;
import io.vertx.core.Future;
import org.apache.kafka.common.message.AlterConfigsRequestData;
import org.apache.kafka.common.message.AlterConfigsResponseData;
import org.apache.kafka.common.protocol.ApiKeys;

/** AlterConfigs: decided by the controller. */
final class AlterConfigsHandler implements ApiHandler<AlterConfigsRequestData> {
    private final ControllerClient controller;

    AlterConfigsHandler(ControllerClient controller) {
        this.controller = controller;
    }

    @Override
    public ApiKeys api() {
        return ApiKeys.ALTER_CONFIGS;
    }

    @Override
    public Future<AlterConfigsResponseData> handle(AlterConfigsRequestData request, RequestContext context) {
        return controller.alterConfigs(request);
    }
}
