package dev.weir.metadata;

import dev.weir.metadata.record.FeatureRange;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A feature whose level the whole cluster agrees on (KIP-584, KIP-778, KIP-1022). One row for each that this version has built,
 * with the levels that it can run at; any other feature is off here.
 */
public enum Feature {
    /**
     * The records of the metadata log, by Kafka's releases. 17 (3.7-IV2) is the first with the directories of replicas, without
     * which no partition is written here; 29 is 4.2-IV1.
     * From 23 (4.0-IV1) on the records of partitions have fields that no older one has.
     */
    METADATA_VERSION("metadata.version", 17, 29, 23),

    /** The quorum: from 1 on the log names the voters with their directories (KIP-853). It is in the log's control records. */
    KRAFT_VERSION("kraft.version", 0, 1, Integer.MAX_VALUE),

    /** The groups: from 1 on there is the consumer protocol (KIP-848). */
    GROUP_VERSION("group.version", 0, 1, Integer.MAX_VALUE),

    /** The eligible leader replicas: from 1 on they are tracked, and an ISR may be empty (KIP-966). */
    ELIGIBLE_LEADER_REPLICAS_VERSION("eligible.leader.replicas.version", 0, 1, Integer.MAX_VALUE);

    /** The first {@code metadata.version} whose records have a place for eligible leader replicas: 4.0-IV1. */
    private static final int WITH_ELR = 23;

    private final String name;
    private final short min;
    private final short max;
    private final int changeOfRecords;

    /** @param changeOfRecords the level from which on records have fields that those of lower levels have no place for */
    Feature(String name, int min, int max, int changeOfRecords) {
        this.name = name;
        this.min = (short) min;
        this.max = (short) max;
        this.changeOfRecords = changeOfRecords;
    }

    /** Kafka's name of it. */
    public String featureName() {
        return name;
    }

    /** The levels that this version can run at. */
    public FeatureRange supported() {
        return new FeatureRange(name, min, max);
    }

    /** The levels of all features that this version can run at. */
    public static List<FeatureRange> allSupported() {
        return Arrays.stream(values()).map(Feature::supported).toList();
    }

    /** The feature of that name, if it is built. */
    public static Optional<Feature> named(String name) {
        return Arrays.stream(values())
                .filter(feature -> feature.featureName().equals(name))
                .findFirst();
    }

    /** The levels of the named feature that this version can run at; only 0 if it is not built. */
    public static FeatureRange supported(String name) {
        return named(name).map(Feature::supported).orElseGet(() -> FeatureRange.off(name));
    }

    /** The level of this feature among those that are on. */
    public short level(Map<String, Short> finalized) {
        return finalized.getOrDefault(featureName(), (short) 0);
    }

    /** The {@code metadata.version} without which this feature cannot be at that level; 0 if it needs none. */
    public short neededMetadataVersion(short level) {
        return (short) (this == ELIGIBLE_LEADER_REPLICAS_VERSION && level > 0 ? WITH_ELR : 0);
    }

    /** Whether records may be written between the two levels that the lower one has no place for. */
    public boolean losesRecords(short from, short to) {
        return to < changeOfRecords && changeOfRecords <= from;
    }
}
