package dev.weir.metadata.record;

/**
 * The level of a feature that the cluster runs at.
 *
 * @param name the feature
 * @param level from 0; 0 switches it off
 */
public record FeatureLevelRecord(String name, short level) implements MetadataRecord {
    static FeatureLevelRecord read(FieldReader in) {
        FeatureLevelRecord record = new FeatureLevelRecord(in.string(), in.int16());
        in.noTags();
        return record;
    }

    @Override
    public RecordType type() {
        return RecordType.FEATURE_LEVEL;
    }

    @Override
    public void writeTo(FieldWriter out) {
        out.string(name);
        out.int16(level);
        out.noTags();
    }
}
