package dev.weir.metadata.record;

import dev.weir.metadata.Feature;

/**
 * The level of a feature that the cluster runs at.
 *
 * @param name the feature
 * @param level from 0; 0 switches it off
 */
public record FeatureLevelRecord(String name, short level) implements MetadataRecord {
    /** @throws UnsupportedRecordException if this version cannot run at that level */
    static FeatureLevelRecord of(org.apache.kafka.common.metadata.FeatureLevelRecord generated) {
        return supported(generated.name(), generated.featureLevel());
    }

    /**
     * The record of a level that others have decided on.
     *
     * @throws UnsupportedRecordException if this version cannot run at that level
     */
    public static FeatureLevelRecord supported(String name, short level) {
        if (!Feature.supported(name).contains(level)) {
            throw UnsupportedRecordException.level(name, level, Feature.supported(name));
        }
        return new FeatureLevelRecord(name, level);
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
