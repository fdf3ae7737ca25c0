package dev.weir.network.api;

import dev.weir.config.LoggerChanges;
import dev.weir.controller.ControllerClient;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.message.IncrementalAlterConfigsRequestData;
import org.apache.kafka.common.message.IncrementalAlterConfigsRequestData.AlterConfigsResource;
import org.apache.kafka.common.message.IncrementalAlterConfigsResponseData;
import org.apache.kafka.common.message.IncrementalAlterConfigsResponseData.AlterConfigsResourceResponse;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.requests.ApiError;

/** IncrementalAlterConfigs (KIP-339): decided by the controller, but for log levels (KIP-412), which are this process's own. */
final class IncrementalAlterConfigsHandler implements ApiHandler<IncrementalAlterConfigsRequestData> {
    private final ControllerClient controller;
    private final LoggerChanges loggers;

    IncrementalAlterConfigsHandler(ControllerClient controller, LoggerChanges loggers) {
        this.controller = controller;
        this.loggers = loggers;
    }

    @Override
    public ApiKeys api() {
        return ApiKeys.INCREMENTAL_ALTER_CONFIGS;
    }

    @Override
    public Future<IncrementalAlterConfigsResponseData> handle(
            IncrementalAlterConfigsRequestData request, RequestContext context) {
        List<AlterConfigsResourceResponse> own = new ArrayList<>();
        IncrementalAlterConfigsRequestData rest =
                new IncrementalAlterConfigsRequestData().setValidateOnly(request.validateOnly());
        for (AlterConfigsResource resource : request.resources()) {
            if (resource.resourceType() == ConfigResource.Type.BROKER_LOGGER.id()) {
                ApiError error = loggers.apply(resource, request.validateOnly());
                own.add(new AlterConfigsResourceResponse()
                        .setResourceType(resource.resourceType())
                        .setResourceName(resource.resourceName())
                        .setErrorCode(error.error().code())
                        .setErrorMessage(error.message()));
            } else {
                rest.resources().add(resource.duplicate());
            }
        }
        if (rest.resources().isEmpty()) {
            return Future.succeededFuture(new IncrementalAlterConfigsResponseData().setResponses(own));
        }
        return controller.incrementalAlterConfigs(rest).map(response -> {
            response.responses().addAll(own);
            return response;
        });
    }
}
