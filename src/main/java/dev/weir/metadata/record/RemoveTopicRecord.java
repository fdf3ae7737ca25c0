package dev.weir.metadata.record;

import org.apache.kafka.common.Uuid;

/**
 * A topic was deleted, with its partitions and its configuration.
 *
 * @param topicId which one
 */
public record RemoveTopicRecord(Uuid topicId) implements MetadataRecord {
    static RemoveTopicRecord of(org.apache.kafka.common.metadata.RemoveTopicRecord generated) {
        return new RemoveTopicRecord(generated.topicId());
    }

    @Override
    public RecordType type() {
        return RecordType.REMOVE_TOPIC;
    }

    @Override
    public org.apache.kafka.common.metadata.RemoveTopicRecord toGenerated() {
        return new org.apache.kafka.common.metadata.RemoveTopicRecord().setTopicId(topicId);
    }
}
