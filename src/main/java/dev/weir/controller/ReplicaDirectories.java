package dev.weir.controller;

import dev.weir.metadata.BrokerImage;
import dev.weir.metadata.ClusterImage;
import dev.weir.metadata.PartitionImage;
import dev.weir.metadata.TopicImage;
import dev.weir.metadata.record.MetadataRecord;
import dev.weir.metadata.record.PartitionChangeRecord;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.AssignReplicasToDirsRequestData;
import org.apache.kafka.common.message.AssignReplicasToDirsResponseData;
import org.apache.kafka.common.protocol.Errors;

/**
 * AssignReplicasToDirs (KIP-858): a broker says in which log directories it keeps its replicas, so that a directory that is
 * not there is missed. Stateless.
 */
final class ReplicaDirectories {
    private ReplicaDirectories() {}

    static ControllerResult<AssignReplicasToDirsResponseData> assign(
            ClusterImage image, AssignReplicasToDirsRequestData request) {
        AssignReplicasToDirsResponseData response = new AssignReplicasToDirsResponseData();
        Optional<BrokerImage> broker = image.broker(request.brokerId()).filter(b -> b.epoch() == request.brokerEpoch());
        if (broker.isEmpty()) {
            return ControllerResult.unchanged(response.setErrorCode(Errors.STALE_BROKER_EPOCH.code()));
        }
        List<MetadataRecord> records = new ArrayList<>();
        for (AssignReplicasToDirsRequestData.DirectoryData directory : request.directories()) {
            boolean registered = broker.get().logDirs().contains(directory.id());
            AssignReplicasToDirsResponseData.DirectoryData answer =
                    new AssignReplicasToDirsResponseData.DirectoryData().setId(directory.id());
            response.directories().add(answer);
            for (AssignReplicasToDirsRequestData.TopicData topic : directory.topics()) {
                AssignReplicasToDirsResponseData.TopicData told =
                        new AssignReplicasToDirsResponseData.TopicData().setTopicId(topic.topicId());
                answer.topics().add(told);
                for (AssignReplicasToDirsRequestData.PartitionData partition : topic.partitions()) {
                    int index = partition.partitionIndex();
                    Errors error = registered
                            ? assign(image, topic.topicId(), index, request.brokerId(), directory.id(), records)
                            : Errors.LOG_DIR_NOT_FOUND;
                    told.partitions()
                            .add(new AssignReplicasToDirsResponseData.PartitionData()
                                    .setPartitionIndex(index)
                                    .setErrorCode(error.code()));
                }
            }
        }
        return new ControllerResult<>(records, response);
    }

    private static Errors assign(
            ClusterImage image, Uuid topicId, int index, int brokerId, Uuid directory, List<MetadataRecord> records) {
        Optional<TopicImage> topic = image.topic(topicId);
        if (topic.isEmpty()) {
            return Errors.UNKNOWN_TOPIC_ID;
        }
        Optional<PartitionImage> partition = topic.get().partition(index);
        if (partition.isEmpty()) {
            return Errors.UNKNOWN_TOPIC_OR_PARTITION;
        }
        List<Integer> replicas = partition.get().replicas();
        if (!replicas.contains(brokerId)) {
            return Errors.NOT_LEADER_OR_FOLLOWER;
        }
        if (!partition.get().directoryOf(brokerId).equals(directory)) {
            List<Uuid> directories = replicas.stream()
                    .map(replica ->
                            replica == brokerId ? directory : partition.get().directoryOf(replica))
                    .toList();
            records.add(PartitionChangeRecord.of(topicId, index).withDirectories(directories));
        }
        return Errors.NONE;
    }
}
