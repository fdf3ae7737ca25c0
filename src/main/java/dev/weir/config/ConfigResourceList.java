package dev.weir.config;

import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.message.ListConfigResourcesRequestData;
import org.apache.kafka.common.message.ListConfigResourcesResponseData;
import org.apache.kafka.common.protocol.Errors;

/**
 * Answers ListConfigResources: which resources have settings. Pure.
 *
 * @param topics the names of all topics
 * @param brokers the ids of all brokers
 * @param groups the names of the groups that have settings
 */
public record ConfigResourceList(Collection<String> topics, Collection<Integer> brokers, Collection<String> groups) {
    private static final Set<Byte> SUPPORTED = Set.of(
            ConfigResource.Type.TOPIC.id(),
            ConfigResource.Type.BROKER.id(),
            ConfigResource.Type.BROKER_LOGGER.id(),
            ConfigResource.Type.CLIENT_METRICS.id(),
            ConfigResource.Type.GROUP.id());

    /**
     * @param version the request's version; version 0 asks for client metrics alone, of which there are none
     * @return the resources, or UNSUPPORTED_VERSION if a type is asked for that has no settings
     */
    public ListConfigResourcesResponseData answer(ListConfigResourcesRequestData request, short version) {
        ListConfigResourcesResponseData response = new ListConfigResourcesResponseData();
        Set<Byte> types = version == 0
                ? Set.of(ConfigResource.Type.CLIENT_METRICS.id())
                : request.resourceTypes().isEmpty() ? SUPPORTED : new HashSet<>(request.resourceTypes());
        if (!SUPPORTED.containsAll(types)) {
            return response.setErrorCode(Errors.UNSUPPORTED_VERSION.code());
        }
        add(response, types, ConfigResource.Type.TOPIC, topics);
        List<String> ids = brokers.stream().map(String::valueOf).toList();
        add(response, types, ConfigResource.Type.BROKER, ids);
        add(response, types, ConfigResource.Type.BROKER_LOGGER, ids);
        add(response, types, ConfigResource.Type.GROUP, groups);
        return response;
    }

    private static void add(
            ListConfigResourcesResponseData response,
            Set<Byte> types,
            ConfigResource.Type type,
            Collection<String> names) {
        if (types.contains(type.id())) {
            names.forEach(name -> response.configResources()
                    .add(new ListConfigResourcesResponseData.ConfigResource()
                            .setResourceType(type.id())
                            .setResourceName(name)));
        }
    }
}
