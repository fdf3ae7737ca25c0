package dev.weir.metadata.record;

import org.apache.kafka.common.Uuid;

/**
 * A topic was created; its partitions follow in records of their own.
 *
 * @param name unique among the topics that exist
 * @param topicId unique for ever
 */
public record TopicRecord(String name, Uuid topicId) implements MetadataRecord {
    static TopicRecord of(org.apache.kafka.common.metadata.TopicRecord generated) {
        return new TopicRecord(generated.name(), generated.topicId());
    }

    @Override
    public RecordType type() {
        return RecordType.TOPIC;
    }

    @Override
    public org.apache.kafka.common.metadata.TopicRecord toGenerated() {
        return new org.apache.kafka.common.metadata.TopicRecord().setName(name).setTopicId(topicId);
    }
}
