package dev.weir.metadata.record;

/**
 * The level of a feature that the cluster runs at.
 *
 * @param name the feature
 * @param level from 0; 0 switches it off
 */
public record FeatureLevelRecord(String name, short level) implements MetadataRecord {
    static FeatureLevelRecord of(org.apache.kafka.common.metadata.FeatureLevelRecord generated) {
        return new FeatureLevelRecord(generated.name(), generated.featureLevel());
    }

    @Override
    public RecordType type() {
        return RecordType.FEATURE_LEVEL;
    }

    @Override
    public org.apache.kafka.common.metadata.FeatureLevelRecord toGenerated() {
        return new org.apache.kafka.common.metadata.FeatureLevelRecord()
                .setName(name)
                .setFeatureLevel(level);
    }
}
