package dev.weir.metadata;

import dev.weir.metadata.record.ConfigRecord;
import java.util.Comparator;
import java.util.Map;
import org.apache.kafka.common.config.ConfigResource;
import org.pcollections.PMap;
import org.pcollections.PSortedMap;
import org.pcollections.TreePMap;

/**
 * The dynamic settings of all resources. Immutable; a resource without any is not in it.
 *
 * @param byResource ordered by type, then name
 */
public record ConfigsImage(PSortedMap<ConfigResource, PMap<String, String>> byResource) {
    private static final Comparator<ConfigResource> ORDER =
            Comparator.comparing(ConfigResource::type).thenComparing(ConfigResource::name);
    private static final ConfigResource BROKER_DEFAULT = new ConfigResource(ConfigResource.Type.BROKER, "");

    static final ConfigsImage EMPTY = new ConfigsImage(TreePMap.empty(ORDER));

    /** The settings of one resource itself, without any default; empty where it has none. */
    public Map<String, String> of(ConfigResource resource) {
        PMap<String, String> settings = byResource.get(resource);
        return settings == null ? Map.of() : settings;
    }

    /** The settings of one topic itself. */
    public Map<String, String> ofTopic(String name) {
        return of(new ConfigResource(ConfigResource.Type.TOPIC, name));
    }

    /** The dynamic settings of one broker itself. */
    public Map<String, String> ofBroker(int brokerId) {
        return of(new ConfigResource(ConfigResource.Type.BROKER, Integer.toString(brokerId)));
    }

    /** The dynamic settings of every broker that has none of its own. */
    public Map<String, String> ofAllBrokers() {
        return of(BROKER_DEFAULT);
    }

    ConfigsImage with(ConfigRecord record) {
        PMap<String, String> old = byResource.getOrDefault(record.resource(), TreePMap.<String, String>empty());
        PMap<String, String> now =
                record.value() == null ? old.minus(record.name()) : old.plus(record.name(), record.value());
        return new ConfigsImage(
                now.isEmpty() ? byResource.minus(record.resource()) : byResource.plus(record.resource(), now));
    }

    ConfigsImage withoutTopic(String name) {
        return new ConfigsImage(byResource.minus(new ConfigResource(ConfigResource.Type.TOPIC, name)));
    }
}
