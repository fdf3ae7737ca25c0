package dev.weir.metadata.record;

import org.apache.kafka.common.Uuid;

/**
 * A topic was created; its partitions follow in records of their own.
 *
 * @param name unique among the topics that exist
 * @param topicId unique for ever
 */
public record TopicRecord(String name, Uuid topicId) implements MetadataRecord {
    static TopicRecord read(FieldReader in) {
        TopicRecord record = new TopicRecord(in.string(), in.uuid());
        in.noTags();
        return record;
    }

    @Override
    public RecordType type() {
        return RecordType.TOPIC;
    }

    @Override
    public void writeTo(FieldWriter out) {
        out.string(name);
        out.uuid(topicId);
        out.noTags();
    }
}
