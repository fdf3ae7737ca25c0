package dev.weir.metadata.record;

import dev.weir.protocol.FieldReader;
import dev.weir.protocol.FieldWriter;
import org.apache.kafka.common.Uuid;

/**
 * A topic was created; its partitions follow in records of their own.
 *
 * @param name unique among the topics that exist
 * @param topicId unique for ever
 */
public record TopicRecord(String name, Uuid topicId) implements MetadataRecord {
    static TopicRecord read(FieldReader in) {
        TopicRecord record = new TopicRecord(in.compactString(), in.uuid());
        in.skipTags();
        return record;
    }

    @Override
    public RecordType type() {
        return RecordType.TOPIC;
    }

    @Override
    public void writeTo(FieldWriter out) {
        out.compactString(name);
        out.uuid(topicId);
        out.noTags();
    }
}
