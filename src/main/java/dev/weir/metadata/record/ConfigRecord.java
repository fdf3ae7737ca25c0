package dev.weir.metadata.record;

import org.apache.kafka.common.config.ConfigResource;
import org.jspecify.annotations.Nullable;

/**
 * A dynamic setting of a resource was set or taken back.
 *
 * @param resource whose setting; an empty name of type {@code BROKER} is every broker's default
 * @param name the setting
 * @param value its value; null takes it back
 */
public record ConfigRecord(
        ConfigResource resource, String name, @Nullable String value) implements MetadataRecord {
    static ConfigRecord of(org.apache.kafka.common.metadata.ConfigRecord generated) {
        ConfigResource.Type type = ConfigResource.Type.forId(generated.resourceType());
        ConfigResource resource = new ConfigResource(type, generated.resourceName());
        return new ConfigRecord(resource, generated.name(), generated.value());
    }

    @Override
    public RecordType type() {
        return RecordType.CONFIG;
    }

    @Override
    public org.apache.kafka.common.metadata.ConfigRecord toGenerated() {
        return new org.apache.kafka.common.metadata.ConfigRecord()
                .setResourceType(resource.type().id())
                .setResourceName(resource.name())
                .setName(name)
                .setValue(value);
    }
}
