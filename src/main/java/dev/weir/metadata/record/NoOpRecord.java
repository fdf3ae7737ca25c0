package dev.weir.metadata.record;

/** Changes nothing; written to see that the log still moves. */
public record NoOpRecord() implements MetadataRecord {
    /** @param generated read only to see that it follows its schema; it has no fields */
    static NoOpRecord of(org.apache.kafka.common.metadata.NoOpRecord generated) {
        return new NoOpRecord();
    }

    @Override
    public RecordType type() {
        return RecordType.NO_OP;
    }

    @Override
    public org.apache.kafka.common.metadata.NoOpRecord toGenerated() {
        return new org.apache.kafka.common.metadata.NoOpRecord();
    }
}
