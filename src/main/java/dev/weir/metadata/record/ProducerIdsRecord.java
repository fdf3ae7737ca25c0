package dev.weir.metadata.record;

import dev.weir.protocol.FieldReader;
import dev.weir.protocol.FieldWriter;

/**
 * A block of producer ids was handed out.
 *
 * @param brokerId to whom
 * @param brokerEpoch of that broker's registration
 * @param nextProducerId the first id that nobody has been given yet
 */
public record ProducerIdsRecord(int brokerId, long brokerEpoch, long nextProducerId) implements MetadataRecord {
    static ProducerIdsRecord read(FieldReader in) {
        ProducerIdsRecord record = new ProducerIdsRecord(in.int32(), in.int64(), in.int64());
        in.skipTags();
        return record;
    }

    @Override
    public RecordType type() {
        return RecordType.PRODUCER_IDS;
    }

    @Override
    public void writeTo(FieldWriter out) {
        out.int32(brokerId);
        out.int64(brokerEpoch);
        out.int64(nextProducerId);
        out.noTags();
    }
}
