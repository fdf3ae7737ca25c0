package dev.weir.metadata.record;

/**
 * No replica is eligible to lead any more that is not in sync, of one topic or of all (KIP-966). Kafka writes it when
 * {@code min.insync.replicas} is altered. It is read here, never written: a change of each partition that needs it spares those
 * which would be left without anybody to lead.
 *
 * @param topicName which topic; empty for all of them
 */
public record ClearElrRecord(String topicName) implements MetadataRecord {
    static ClearElrRecord of(org.apache.kafka.common.metadata.ClearElrRecord generated) {
        return new ClearElrRecord(generated.topicName());
    }

    @Override
    public RecordType type() {
        return RecordType.CLEAR_ELR;
    }

    @Override
    public org.apache.kafka.common.metadata.ClearElrRecord toGenerated() {
        return new org.apache.kafka.common.metadata.ClearElrRecord().setTopicName(topicName);
    }
}
