package dev.weir.metadata.record;

import dev.weir.protocol.FieldReader;
import dev.weir.protocol.FieldWriter;
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
    static ConfigRecord read(FieldReader in) {
        byte type = in.int8();
        ConfigResource resource = new ConfigResource(ConfigResource.Type.forId(type), in.compactString());
        ConfigRecord record = new ConfigRecord(resource, in.compactString(), in.compactNullableString());
        in.skipTags();
        return record;
    }

    @Override
    public RecordType type() {
        return RecordType.CONFIG;
    }

    @Override
    public void writeTo(FieldWriter out) {
        out.int8(resource.type().id());
        out.compactString(resource.name());
        out.compactString(name);
        out.compactNullableString(value);
        out.noTags();
    }
}
