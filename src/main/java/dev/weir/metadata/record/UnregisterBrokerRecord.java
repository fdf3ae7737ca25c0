package dev.weir.metadata.record;

/**
 * A broker has left for good.
 *
 * @param brokerId the broker
 * @param brokerEpoch of the registration that is removed
 */
public record UnregisterBrokerRecord(int brokerId, long brokerEpoch) implements MetadataRecord {
    static UnregisterBrokerRecord of(org.apache.kafka.common.metadata.UnregisterBrokerRecord generated) {
        return new UnregisterBrokerRecord(generated.brokerId(), generated.brokerEpoch());
    }

    @Override
    public RecordType type() {
        return RecordType.UNREGISTER_BROKER;
    }

    @Override
    public org.apache.kafka.common.metadata.UnregisterBrokerRecord toGenerated() {
        return new org.apache.kafka.common.metadata.UnregisterBrokerRecord()
                .setBrokerId(brokerId)
                .setBrokerEpoch(brokerEpoch);
    }
}
