package dev.weir.metadata.record;

import dev.weir.protocol.FieldReader;
import dev.weir.protocol.FieldWriter;
import org.apache.kafka.common.Uuid;

/**
 * A topic was deleted, with its partitions and its configuration.
 *
 * @param topicId which one
 */
public record RemoveTopicRecord(Uuid topicId) implements MetadataRecord {
    static RemoveTopicRecord read(FieldReader in) {
        RemoveTopicRecord record = new RemoveTopicRecord(in.uuid());
        in.skipTags();
        return record;
    }

    @Override
    public RecordType type() {
        return RecordType.REMOVE_TOPIC;
    }

    @Override
    public void writeTo(FieldWriter out) {
        out.uuid(topicId);
        out.noTags();
    }
}
