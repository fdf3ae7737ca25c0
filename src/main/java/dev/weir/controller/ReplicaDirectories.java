package dev.weir.controller;

import dev.weir.metadata.BrokerImage;
import dev.weir.metadata.ClusterImage;
import dev.weir.metadata.DirectoryId;
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
 * not there is missed, or that a replica is {@link DirectoryId#LOST}: another one leads then, or nobody does until it is found.
 * Stateless.
 */
final class ReplicaDirectories {
    private final ConfigRules rules;

    ReplicaDirectories(ConfigRules rules) {
        this.rules = rules;
    }

    ControllerResult<AssignReplicasToDirsResponseData> assign(
            ClusterImage image, AssignReplicasToDirsRequestData request) {
        AssignReplicasToDirsResponseData response = new AssignReplicasToDirsResponseData();
        Optional<BrokerImage> broker = image.broker(request.brokerId()).filter(b -> b.epoch() == request.brokerEpoch());
        if (broker.isEmpty()) {
            return ControllerResult.unchanged(response.setErrorCode(Errors.STALE_BROKER_EPOCH.code()));
        }
        List<MetadataRecord> records = new ArrayList<>();
        ClusterImage now = image;
        for (AssignReplicasToDirsRequestData.DirectoryData directory : request.directories()) {
            boolean known = directory.id().equals(DirectoryId.LOST)
                    || broker.get().logDirs().contains(directory.id());
            AssignReplicasToDirsResponseData.DirectoryData answer =
                    new AssignReplicasToDirsResponseData.DirectoryData().setId(directory.id());
            response.directories().add(answer);
            for (AssignReplicasToDirsRequestData.TopicData topic : directory.topics()) {
                AssignReplicasToDirsResponseData.TopicData told =
                        new AssignReplicasToDirsResponseData.TopicData().setTopicId(topic.topicId());
                answer.topics().add(told);
                for (AssignReplicasToDirsRequestData.PartitionData partition : topic.partitions()) {
                    int index = partition.partitionIndex();
                    int before = records.size();
                    Errors error = known
                            ? assign(now, topic.topicId(), index, request.brokerId(), directory.id(), records)
                            : Errors.LOG_DIR_NOT_FOUND;
                    now = records.size() > before ? now.apply(records.get(before)) : now;
                    told.partitions()
                            .add(new AssignReplicasToDirsResponseData.PartitionData()
                                    .setPartitionIndex(index)
                                    .setErrorCode(error.code()));
                }
            }
        }
        return new ControllerResult<>(records, response);
    }

    private Errors assign(
            ClusterImage image, Uuid topicId, int index, int brokerId, Uuid directory, List<MetadataRecord> records) {
        Optional<TopicImage> topic = image.topic(topicId);
        if (topic.isEmpty()) {
            return Errors.UNKNOWN_TOPIC_ID;
        }
        Optional<PartitionImage> partition = topic.get().partition(index);
        if (partition.isEmpty()) {
            return Errors.UNKNOWN_TOPIC_OR_PARTITION;
        }
        if (!partition.get().replicas().contains(brokerId)) {
            return Errors.NOT_LEADER_OR_FOLLOWER;
        }
        if (!partition.get().directoryOf(brokerId).equals(directory)) {
            change(image, topic.get(), index, partition.get(), brokerId, directory)
                    .ifPresent(records::add);
        }
        return Errors.NONE;
    }

    /**
     * A replica that is lost may have lost committed records with it, so it is not eligible to lead either. One that is placed joins
     * the ISR only if it is elected, as it had all that is committed before; else its leader has to find it in sync.
     */
    private Optional<PartitionChangeRecord> change(
            ClusterImage image, TopicImage topic, int index, PartitionImage before, int brokerId, Uuid directory) {
        TopicRules ofTopic = TopicRules.of(rules, image, topic.name());
        PartitionChange change =
                PartitionChange.of(image, topic.id(), index, before, ofTopic).directory(brokerId, directory);
        if (directory.equals(DirectoryId.LOST)) {
            change.withoutRecordsOf(brokerId).election(ofTopic.election());
        } else if (!before.hasLeader()) {
            change.election(ofTopic.election());
        }
        return change.record();
    }
}
