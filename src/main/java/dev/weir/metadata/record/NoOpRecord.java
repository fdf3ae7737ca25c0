package dev.weir.metadata.record;

/** Changes nothing; written to see that the log still moves. */
public record NoOpRecord() implements MetadataRecord {
    static NoOpRecord read(FieldReader in) {
        in.noTags();
        return new NoOpRecord();
    }

    @Override
    public RecordType type() {
        return RecordType.NO_OP;
    }

    @Override
    public void writeTo(FieldWriter out) {
        out.noTags();
    }
}
