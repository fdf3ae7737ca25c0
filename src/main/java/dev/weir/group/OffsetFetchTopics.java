package dev.weir.group;

import dev.weir.metadata.ClusterImage;
import dev.weir.metadata.TopicImage;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.OffsetFetchRequestData;
import org.apache.kafka.common.message.OffsetFetchRequestData.OffsetFetchRequestGroup;
import org.apache.kafka.common.message.OffsetFetchRequestData.OffsetFetchRequestTopics;
import org.apache.kafka.common.message.OffsetFetchResponseData;
import org.apache.kafka.common.message.OffsetFetchResponseData.OffsetFetchResponseGroup;
import org.apache.kafka.common.message.OffsetFetchResponseData.OffsetFetchResponsePartitions;
import org.apache.kafka.common.message.OffsetFetchResponseData.OffsetFetchResponseTopics;
import org.apache.kafka.common.protocol.Errors;

/** Between topic ids, by which newer clients ask for offsets, and names, by which groups keep them. */
final class OffsetFetchTopics {
    private static final short BY_ID = 10;

    private OffsetFetchTopics() {}

    /** The request with the names of the topics filled in; topics whose id nobody knows are left out. */
    static OffsetFetchRequestData named(OffsetFetchRequestData request, short apiVersion, ClusterImage image) {
        if (apiVersion < BY_ID) {
            return request;
        }
        OffsetFetchRequestData named = request.duplicate();
        for (OffsetFetchRequestGroup group : named.groups()) {
            List<OffsetFetchRequestTopics> topics = group.topics();
            if (topics != null) {
                topics.removeIf(topic -> image.topic(topic.topicId()).isEmpty());
                topics.forEach(topic ->
                        topic.setName(image.topic(topic.topicId()).orElseThrow().name()));
            }
        }
        return named;
    }

    /** The answer with the ids of the topics filled in, and with the topics that were left out. */
    static OffsetFetchResponseData identified(
            OffsetFetchRequestData request, short apiVersion, ClusterImage image, OffsetFetchResponseData answer) {
        if (apiVersion < BY_ID) {
            return answer;
        }
        for (OffsetFetchResponseGroup group : answer.groups()) {
            Optional<OffsetFetchRequestGroup> asked = request.groups().stream()
                    .filter(g -> g.groupId().equals(group.groupId()))
                    .findFirst();
            List<OffsetFetchRequestTopics> topics =
                    asked.map(OffsetFetchRequestGroup::topics).orElse(null);
            group.setTopics(topics == null ? withIds(group, image) : withUnknown(group, topics, image));
        }
        return answer;
    }

    /** A topic that was deleted has no id by which it could be shown. */
    private static List<OffsetFetchResponseTopics> withIds(OffsetFetchResponseGroup group, ClusterImage image) {
        List<OffsetFetchResponseTopics> shown = new ArrayList<>();
        for (OffsetFetchResponseTopics topic : group.topics()) {
            Uuid id = topic.topicId().equals(Uuid.ZERO_UUID)
                    ? image.topic(topic.name()).map(TopicImage::id).orElse(Uuid.ZERO_UUID)
                    : topic.topicId();
            if (!id.equals(Uuid.ZERO_UUID)) {
                shown.add(topic.setTopicId(id));
            }
        }
        return shown;
    }

    private static List<OffsetFetchResponseTopics> withUnknown(
            OffsetFetchResponseGroup group, List<OffsetFetchRequestTopics> asked, ClusterImage image) {
        List<OffsetFetchResponseTopics> all = new ArrayList<>(group.topics());
        if (group.errorCode() == Errors.NONE.code()) {
            asked.stream()
                    .filter(topic -> image.topic(topic.topicId()).isEmpty())
                    .map(OffsetFetchTopics::unknown)
                    .forEach(all::add);
        }
        return all;
    }

    private static OffsetFetchResponseTopics unknown(OffsetFetchRequestTopics topic) {
        return new OffsetFetchResponseTopics()
                .setTopicId(topic.topicId())
                .setPartitions(topic.partitionIndexes().stream()
                        .map(index -> new OffsetFetchResponsePartitions()
                                .setPartitionIndex(index)
                                .setCommittedOffset(-1)
                                .setErrorCode(Errors.UNKNOWN_TOPIC_ID.code()))
                        .toList());
    }
}
