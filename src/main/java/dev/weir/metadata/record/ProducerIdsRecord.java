package dev.weir.metadata.record;

/**
 * A block of producer ids was handed out.
 *
 * @param brokerId to whom
 * @param brokerEpoch of that broker's registration
 * @param nextProducerId the first id that nobody has been given yet
 */
public record ProducerIdsRecord(int brokerId, long brokerEpoch, long nextProducerId) implements MetadataRecord {
    static ProducerIdsRecord of(org.apache.kafka.common.metadata.ProducerIdsRecord generated) {
        return new ProducerIdsRecord(generated.brokerId(), generated.brokerEpoch(), generated.nextProducerId());
    }

    @Override
    public RecordType type() {
        return RecordType.PRODUCER_IDS;
    }

    @Override
    public org.apache.kafka.common.metadata.ProducerIdsRecord toGenerated() {
        return new org.apache.kafka.common.metadata.ProducerIdsRecord()
                .setBrokerId(brokerId)
                .setBrokerEpoch(brokerEpoch)
                .setNextProducerId(nextProducerId);
    }
}
