package dev.weir.metadata.record;

import org.apache.kafka.common.metadata.RegisterBrokerRecord.BrokerFeature;

/**
 * The levels of one feature that a broker can run at.
 *
 * @param name the feature, for example {@code metadata.version}
 * @param min the lowest level, at least 0
 * @param max the highest level, not below {@code min}
 */
public record FeatureRange(String name, short min, short max) {
    /** The range of a feature that is not built: it is off. */
    public static FeatureRange off(String name) {
        return new FeatureRange(name, (short) 0, (short) 0);
    }

    /** Whether a broker of this range can run at {@code level}. */
    public boolean contains(short level) {
        return min <= level && level <= max;
    }

    static FeatureRange of(BrokerFeature generated) {
        return new FeatureRange(generated.name(), generated.minSupportedVersion(), generated.maxSupportedVersion());
    }

    BrokerFeature toGenerated() {
        return new BrokerFeature().setName(name).setMinSupportedVersion(min).setMaxSupportedVersion(max);
    }
}
