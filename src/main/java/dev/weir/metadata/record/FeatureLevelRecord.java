package dev.weir.metadata.record;

import dev.weir.protocol.FieldReader;
import dev.weir.protocol.FieldWriter;

/**
 * The level of a feature that the cluster runs at.
 *
 * @param name the feature
 * @param level from 0; 0 switches it off
 */
public record FeatureLevelRecord(String name, short level) implements MetadataRecord {
    static FeatureLevelRecord read(FieldReader in) {
        FeatureLevelRecord record = new FeatureLevelRecord(in.compactString(), in.int16());
        in.skipTags();
        return record;
    }

    @Override
    public RecordType type() {
        return RecordType.FEATURE_LEVEL;
    }

    @Override
    public void writeTo(FieldWriter out) {
        out.compactString(name);
        out.int16(level);
        out.noTags();
    }
}
