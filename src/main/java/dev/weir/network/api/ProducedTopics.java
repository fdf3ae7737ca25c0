package dev.weir.network.api;

import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.ProduceRequestData.PartitionProduceData;
import org.apache.kafka.common.message.ProduceRequestData.TopicProduceData;

/** The topics of a Produce request, each partition once. */
final class ProducedTopics {
    private ProducedTopics() {}

    private record Name(String topic, Uuid id, int partition) {}

    private record TopicName(String topic, Uuid id) {}

    /** Of a partition that is named twice the last batches count, and it is answered once, as in Kafka. */
    static Collection<TopicProduceData> once(Collection<TopicProduceData> topics) {
        return repeats(topics) ? merged(topics) : topics;
    }

    private static boolean repeats(Collection<TopicProduceData> topics) {
        if (topics.size() == 1 && topics.iterator().next().partitionData().size() == 1) {
            return false;
        }
        Set<Name> seen = new HashSet<>();
        for (TopicProduceData topic : topics) {
            for (PartitionProduceData partition : topic.partitionData()) {
                if (!seen.add(new Name(topic.name(), topic.topicId(), partition.index()))) {
                    return true;
                }
            }
        }
        return false;
    }

    private static Collection<TopicProduceData> merged(Collection<TopicProduceData> topics) {
        Map<TopicName, Map<Integer, PartitionProduceData>> byName = new LinkedHashMap<>();
        for (TopicProduceData topic : topics) {
            Map<Integer, PartitionProduceData> partitions =
                    byName.computeIfAbsent(new TopicName(topic.name(), topic.topicId()), name -> new LinkedHashMap<>());
            topic.partitionData().forEach(partition -> partitions.put(partition.index(), partition));
        }
        return byName.entrySet().stream()
                .map(entry -> new TopicProduceData()
                        .setName(entry.getKey().topic())
                        .setTopicId(entry.getKey().id())
                        .setPartitionData(List.copyOf(entry.getValue().values())))
                .toList();
    }
}
