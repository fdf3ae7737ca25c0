package dev.weir.metadata.record;

import dev.weir.protocol.FieldReader;
import dev.weir.protocol.FieldWriter;

/** Changes nothing; written to see that the log still moves. */
public record NoOpRecord() implements MetadataRecord {
    static NoOpRecord read(FieldReader in) {
        in.skipTags();
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
