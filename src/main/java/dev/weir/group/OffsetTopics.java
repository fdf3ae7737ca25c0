package dev.weir.group;

import dev.weir.metadata.ClusterImage;
import dev.weir.metadata.TopicImage;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.OffsetCommitRequestData;
import org.apache.kafka.common.message.OffsetCommitRequestData.OffsetCommitRequestPartition;
import org.apache.kafka.common.message.OffsetCommitRequestData.OffsetCommitRequestTopic;
import org.apache.kafka.common.message.OffsetCommitResponseData;
import org.apache.kafka.common.message.OffsetCommitResponseData.OffsetCommitResponsePartition;
import org.apache.kafka.common.message.OffsetCommitResponseData.OffsetCommitResponseTopic;
import org.apache.kafka.common.message.OffsetDeleteRequestData;
import org.apache.kafka.common.message.OffsetDeleteRequestData.OffsetDeleteRequestTopic;
import org.apache.kafka.common.message.OffsetDeleteResponseData;
import org.apache.kafka.common.message.OffsetDeleteResponseData.OffsetDeleteResponsePartition;
import org.apache.kafka.common.message.OffsetDeleteResponseData.OffsetDeleteResponseTopic;
import org.apache.kafka.common.protocol.Errors;

/**
 * Parts a request about offsets into what concerns topics that exist, which goes to the coordinator with names and ids
 * filled in, and what does not, which is refused here.
 */
final class OffsetTopics {
    private static final short BY_ID = 10;

    private OffsetTopics() {}

    /** A commit without the partitions that are not there, and their answers. */
    record Commit(OffsetCommitRequestData request, List<OffsetCommitResponseTopic> refused) {
        /** The coordinator's answer with that of the refused added. */
        OffsetCommitResponseData answer(OffsetCommitResponseData accepted) {
            Map<List<Object>, OffsetCommitResponseTopic> byTopic = new LinkedHashMap<>();
            accepted.topics().forEach(t -> byTopic.put(List.of(t.name(), t.topicId()), t));
            for (OffsetCommitResponseTopic topic : refused) {
                byTopic.merge(List.of(topic.name(), topic.topicId()), topic, (a, b) -> {
                    a.partitions().addAll(b.partitions());
                    return a;
                });
            }
            return accepted.setTopics(List.copyOf(byTopic.values()));
        }
    }

    static Commit part(OffsetCommitRequestData request, short apiVersion, ClusterImage image) {
        OffsetCommitRequestData accepted = request.duplicate().setTopics(new ArrayList<>());
        List<OffsetCommitResponseTopic> refused = new ArrayList<>();
        boolean byId = apiVersion >= BY_ID;
        for (OffsetCommitRequestTopic topic : request.topics()) {
            Optional<TopicImage> known = byId ? image.topic(topic.topicId()) : image.topic(topic.name());
            String name = known.map(TopicImage::name).orElse(topic.name());
            Uuid id = known.map(TopicImage::id).orElse(topic.topicId());
            Errors missing = byId && known.isEmpty() ? Errors.UNKNOWN_TOPIC_ID : Errors.UNKNOWN_TOPIC_OR_PARTITION;
            List<OffsetCommitRequestPartition> good = new ArrayList<>();
            List<OffsetCommitResponsePartition> bad = new ArrayList<>();
            for (OffsetCommitRequestPartition partition : topic.partitions()) {
                if (known.flatMap(t -> t.partition(partition.partitionIndex())).isPresent()) {
                    good.add(partition);
                } else {
                    bad.add(new OffsetCommitResponsePartition()
                            .setPartitionIndex(partition.partitionIndex())
                            .setErrorCode(missing.code()));
                }
            }
            if (!good.isEmpty()) {
                accepted.topics()
                        .add(new OffsetCommitRequestTopic()
                                .setName(name)
                                .setTopicId(id)
                                .setPartitions(good));
            }
            if (!bad.isEmpty()) {
                refused.add(new OffsetCommitResponseTopic()
                        .setName(name)
                        .setTopicId(id)
                        .setPartitions(bad));
            }
        }
        return new Commit(accepted, refused);
    }

    /** A deletion without the topics that are not there, and their answers. */
    record Delete(OffsetDeleteRequestData request, List<OffsetDeleteResponseTopic> refused) {
        OffsetDeleteResponseData answer(OffsetDeleteResponseData accepted) {
            if (accepted.errorCode() == Errors.NONE.code()) {
                refused.forEach(accepted.topics()::add);
            }
            return accepted;
        }
    }

    static Delete part(OffsetDeleteRequestData request, ClusterImage image) {
        OffsetDeleteRequestData accepted = new OffsetDeleteRequestData().setGroupId(request.groupId());
        List<OffsetDeleteResponseTopic> refused = new ArrayList<>();
        for (OffsetDeleteRequestTopic topic : request.topics()) {
            if (image.topic(topic.name()).isPresent()) {
                accepted.topics().add(topic.duplicate());
                continue;
            }
            OffsetDeleteResponseTopic answer = new OffsetDeleteResponseTopic().setName(topic.name());
            topic.partitions().forEach(partition -> answer.partitions()
                    .add(new OffsetDeleteResponsePartition()
                            .setPartitionIndex(partition.partitionIndex())
                            .setErrorCode(Errors.UNKNOWN_TOPIC_OR_PARTITION.code())));
            refused.add(answer);
        }
        return new Delete(accepted, refused);
    }
}
