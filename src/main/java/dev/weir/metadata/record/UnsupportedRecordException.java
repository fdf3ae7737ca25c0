package dev.weir.metadata.record;

/**
 * A metadata record of a type or version that this broker does not know, or of a feature level that it cannot run at. The
 * record must not be skipped, since what it changed would be missing from the image.
 */
public final class UnsupportedRecordException extends MetadataFormatException {
    private static final String WHY =
            "; it was written at a newer metadata version than this broker supports, so the broker must be upgraded";

    private final int type;
    private final int version;

    private UnsupportedRecordException(int type, int version, String problem) {
        super(problem);
        this.type = type;
        this.version = version;
    }

    static UnsupportedRecordException unknownType(int type, int version) {
        return new UnsupportedRecordException(
                type,
                version,
                "the metadata record of type " + type + ", version " + version + ", is of an unknown type" + WHY);
    }

    static UnsupportedRecordException unknownVersion(RecordType type, int version) {
        return new UnsupportedRecordException(
                type.key(),
                version,
                "the metadata record of type " + type.key() + " (" + type + ") has version " + version
                        + ", but the newest known is " + type.newestVersion() + WHY);
    }

    static UnsupportedRecordException level(String feature, short level, FeatureRange range) {
        return new UnsupportedRecordException(
                RecordType.FEATURE_LEVEL.key(),
                level,
                "the cluster runs at " + feature + " " + level + ", but this version of the broker "
                        + (range.max() == 0 ? "does not have it" : "runs at " + range.min() + " to " + range.max())
                        + ": start a version that supports it");
    }

    /** Kafka's number of the record's schema. */
    public int type() {
        return type;
    }

    /** The version of that schema in which the record was written, or the level of the feature. */
    public int version() {
        return version;
    }
}
