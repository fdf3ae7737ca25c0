package dev.weir.network.api;

import dev.weir.controller.ControllerClient;
import io.vertx.core.Future;
import org.apache.kafka.common.message.IncrementalAlterConfigsRequestData;
import org.apache.kafka.common.message.IncrementalAlterConfigsResponseData;
import org.apache.kafka.common.protocol.ApiKeys;

/** IncrementalAlterConfigs (KIP-339): decided by the controller. */
final class IncrementalAlterConfigsHandler implements ApiHandler<IncrementalAlterConfigsRequestData> {
    private final ControllerClient controller;

    IncrementalAlterConfigsHandler(ControllerClient controller) {
        this.controller = controller;
    }

    @Override
    public ApiKeys api() {
        return ApiKeys.INCREMENTAL_ALTER_CONFIGS;
    }

    @Override
    public Future<IncrementalAlterConfigsResponseData> handle(
            IncrementalAlterConfigsRequestData request, RequestContext context) {
        return controller.incrementalAlterConfigs(request);
    }
}
