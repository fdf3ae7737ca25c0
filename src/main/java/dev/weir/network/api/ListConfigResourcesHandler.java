package dev.weir.network.api;

import dev.weir.config.ConfigResourceList;
import dev.weir.metadata.ClusterImage;
import io.vertx.core.Future;
import java.util.List;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.message.ListConfigResourcesRequestData;
import org.apache.kafka.common.message.ListConfigResourcesResponseData;
import org.apache.kafka.common.protocol.ApiKeys;

/** ListConfigResources (KIP-1142): what has settings. */
final class ListConfigResourcesHandler implements ApiHandler<ListConfigResourcesRequestData> {
    private final BrokerView view;

    ListConfigResourcesHandler(BrokerView view) {
        this.view = view;
    }

    @Override
    public ApiKeys api() {
        return ApiKeys.LIST_CONFIG_RESOURCES;
    }

    @Override
    public Future<ListConfigResourcesResponseData> handle(
            ListConfigResourcesRequestData request, RequestContext context) {
        ClusterImage image = view.image();
        List<String> groups = image.configs().byResource().keySet().stream()
                .filter(resource -> resource.type() == ConfigResource.Type.GROUP)
                .map(ConfigResource::name)
                .toList();
        ConfigResourceList resources = new ConfigResourceList(
                image.topics().byName().keySet(), image.brokers().keySet(), groups);
        return Future.succeededFuture(resources.answer(request, context.version()));
    }
}
