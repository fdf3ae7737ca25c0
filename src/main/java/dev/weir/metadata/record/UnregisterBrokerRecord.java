package dev.weir.metadata.record;

import dev.weir.protocol.FieldReader;
import dev.weir.protocol.FieldWriter;

/**
 * A broker has left for good.
 *
 * @param brokerId the broker
 * @param brokerEpoch of the registration that is removed
 */
public record UnregisterBrokerRecord(int brokerId, long brokerEpoch) implements MetadataRecord {
    static UnregisterBrokerRecord read(FieldReader in) {
        UnregisterBrokerRecord record = new UnregisterBrokerRecord(in.int32(), in.int64());
        in.skipTags();
        return record;
    }

    @Override
    public RecordType type() {
        return RecordType.UNREGISTER_BROKER;
    }

    @Override
    public void writeTo(FieldWriter out) {
        out.int32(brokerId);
        out.int64(brokerEpoch);
        out.noTags();
    }
}
