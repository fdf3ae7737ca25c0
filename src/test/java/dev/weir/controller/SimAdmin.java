package dev.weir.controller;

import dev.weir.controller.SimLogs.Key;
import dev.weir.metadata.ClusterImage;
import dev.weir.metadata.Feature;
import dev.weir.metadata.PartitionImage;
import dev.weir.metadata.TopicImage;
import dev.weir.metadata.record.PartitionRecord;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.function.Predicate;
import org.apache.kafka.clients.admin.AlterConfigOp.OpType;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.message.AlterPartitionReassignmentsRequestData;
import org.apache.kafka.common.message.AlterPartitionReassignmentsRequestData.ReassignablePartition;
import org.apache.kafka.common.message.AlterPartitionReassignmentsRequestData.ReassignableTopic;
import org.apache.kafka.common.message.AlterPartitionRequestData;
import org.apache.kafka.common.message.AlterPartitionRequestData.BrokerState;
import org.apache.kafka.common.message.AssignReplicasToDirsRequestData;
import org.apache.kafka.common.message.BrokerRegistrationRequestData;
import org.apache.kafka.common.message.CreatePartitionsRequestData;
import org.apache.kafka.common.message.CreatePartitionsRequestData.CreatePartitionsTopic;
import org.apache.kafka.common.message.CreateTopicsRequestData;
import org.apache.kafka.common.message.CreateTopicsRequestData.CreatableTopic;
import org.apache.kafka.common.message.DeleteTopicsRequestData;
import org.apache.kafka.common.message.ElectLeadersRequestData;
import org.apache.kafka.common.message.IncrementalAlterConfigsRequestData;
import org.apache.kafka.common.message.IncrementalAlterConfigsRequestData.AlterConfigsResource;
import org.apache.kafka.common.message.IncrementalAlterConfigsRequestData.AlterableConfig;

/** Makes random requests that fit the image of {@link ControllerSimulation}. */
final class SimAdmin {
    private static final int MOST_TOPICS = 5;
    private static final int MOST_PARTITIONS = 4;

    private final Random random;
    private int names;

    SimAdmin(Random random) {
        this.random = random;
    }

    Optional<Key> anyPartition(ClusterImage image) {
        return any(image, partition -> true);
    }

    Optional<Key> anyReplica(ClusterImage image, int broker) {
        return any(image, partition -> partition.replicas().contains(broker));
    }

    private Optional<Key> any(ClusterImage image, Predicate<PartitionImage> which) {
        List<Key> keys = new ArrayList<>();
        for (TopicImage topic : image.topics().byName().values()) {
            topic.partitions().forEach((id, partition) -> {
                if (which.test(partition)) {
                    keys.add(new Key(topic.id(), id));
                }
            });
        }
        return keys.isEmpty() ? Optional.empty() : Optional.of(keys.get(random.nextInt(keys.size())));
    }

    private Optional<TopicImage> anyTopic(ClusterImage image) {
        List<TopicImage> topics = List.copyOf(image.topics().byName().values());
        return topics.isEmpty() ? Optional.empty() : Optional.of(topics.get(random.nextInt(topics.size())));
    }

    CreateTopicsRequestData newTopic(ClusterImage image) {
        CreateTopicsRequestData request = new CreateTopicsRequestData();
        if (image.topics().byName().size() < MOST_TOPICS) {
            boolean internal = random.nextInt(4) == 0;
            request.topics()
                    .add(new CreatableTopic()
                            .setName(internal ? "__consumer_offsets" : "t" + names++)
                            .setNumPartitions(1 + random.nextInt(2))
                            .setReplicationFactor((short) (random.nextInt(5) == 0 ? -1 : 1 + random.nextInt(3))));
        }
        return request;
    }

    CreatePartitionsRequestData growth(ClusterImage image) {
        CreatePartitionsRequestData request = new CreatePartitionsRequestData();
        anyTopic(image)
                .filter(topic -> topic.partitionCount() < MOST_PARTITIONS)
                .ifPresent(topic -> request.topics()
                        .add(new CreatePartitionsTopic()
                                .setName(topic.name())
                                .setCount(topic.partitionCount() + 1)
                                .setAssignments(null)));
        return request;
    }

    DeleteTopicsRequestData deletion(ClusterImage image) {
        DeleteTopicsRequestData request = new DeleteTopicsRequestData();
        anyTopic(image).ifPresent(topic -> request.topics()
                .add(new DeleteTopicsRequestData.DeleteTopicState().setName(topic.name())));
        return request;
    }

    AlterPartitionReassignmentsRequestData reassignment(ClusterImage image) {
        AlterPartitionReassignmentsRequestData request = new AlterPartitionReassignmentsRequestData();
        anyPartition(image).ifPresent(key -> {
            List<Integer> target = new ArrayList<>(image.brokers().keySet());
            Collections.shuffle(target, random);
            target = List.copyOf(target.subList(0, Math.min(target.size(), 1 + random.nextInt(3))));
            request.topics()
                    .add(new ReassignableTopic()
                            .setName(image.topic(key.topicId()).orElseThrow().name())
                            .setPartitions(List.of(new ReassignablePartition()
                                    .setPartitionIndex(key.partition())
                                    .setReplicas(random.nextInt(4) == 0 ? null : target))));
        });
        return request;
    }

    ElectLeadersRequestData election(ClusterImage image) {
        ElectLeadersRequestData request =
                new ElectLeadersRequestData().setElectionType((byte) (random.nextInt(4) == 0 ? 1 : 0));
        anyPartition(image).ifPresent(key -> request.topicPartitions()
                .add(new ElectLeadersRequestData.TopicPartitions()
                        .setTopic(image.topic(key.topicId()).orElseThrow().name())
                        .setPartitions(List.of(key.partition()))));
        return request;
    }

    IncrementalAlterConfigsRequestData setting(ClusterImage image) {
        Optional<TopicImage> topic = random.nextBoolean() ? anyTopic(image) : Optional.empty();
        boolean unclean = random.nextInt(5) == 0 && topic.isPresent();
        boolean delete = random.nextInt(4) == 0;
        AlterableConfig config = new AlterableConfig()
                .setName(unclean ? "unclean.leader.election.enable" : "min.insync.replicas")
                .setConfigOperation(delete ? OpType.DELETE.id() : OpType.SET.id())
                .setValue(unclean ? "" + random.nextBoolean() : "" + (1 + random.nextInt(3)));
        AlterConfigsResource resource = new AlterConfigsResource()
                .setResourceType((topic.isPresent() ? ConfigResource.Type.TOPIC : ConfigResource.Type.BROKER).id())
                .setResourceName(topic.map(TopicImage::name).orElse(""));
        resource.configs().add(config);
        IncrementalAlterConfigsRequestData request = new IncrementalAlterConfigsRequestData();
        request.resources().add(resource);
        return request;
    }

    BrokerRegistrationRequestData registration(SimBroker broker) {
        BrokerRegistrationRequestData request = new BrokerRegistrationRequestData()
                .setBrokerId(broker.id)
                .setClusterId(TestCluster.CLUSTER_ID)
                .setIncarnationId(broker.incarnationId())
                .setPreviousBrokerEpoch(broker.cleanEpoch)
                .setLogDirs(List.of(TestCluster.dir(broker.id)));
        Feature.allSupported().forEach(range -> request.features()
                .add(new BrokerRegistrationRequestData.Feature()
                        .setName(range.name())
                        .setMinSupportedVersion(range.min())
                        .setMaxSupportedVersion(range.max())));
        return request;
    }

    AlterPartitionRequestData proposal(SimBroker leader, Key key, PartitionImage partition, List<BrokerState> isr) {
        boolean stillRecovering = partition.recovering() && isr.size() == 1 && random.nextBoolean();
        return new AlterPartitionRequestData()
                .setBrokerId(leader.id)
                .setBrokerEpoch(leader.epoch)
                .setTopics(List.of(new AlterPartitionRequestData.TopicData()
                        .setTopicId(key.topicId())
                        .setPartitions(List.of(new AlterPartitionRequestData.PartitionData()
                                .setPartitionIndex(key.partition())
                                .setLeaderEpoch(partition.leaderEpoch())
                                .setPartitionEpoch(partition.partitionEpoch())
                                .setLeaderRecoveryState((byte) (stillRecovering ? 1 : 0))
                                .setNewIsrWithEpochs(isr)))));
    }

    AssignReplicasToDirsRequestData placement(SimBroker broker, Uuid directory, Key key) {
        return new AssignReplicasToDirsRequestData()
                .setBrokerId(broker.id)
                .setBrokerEpoch(broker.epoch)
                .setDirectories(List.of(new AssignReplicasToDirsRequestData.DirectoryData()
                        .setId(directory)
                        .setTopics(List.of(new AssignReplicasToDirsRequestData.TopicData()
                                .setTopicId(key.topicId())
                                .setPartitions(List.of(new AssignReplicasToDirsRequestData.PartitionData()
                                        .setPartitionIndex(key.partition())))))));
    }

    /** A partition as a mistaken controller would have it. */
    static PartitionRecord inEpoch(Key key, PartitionImage now, int leaderEpoch) {
        return new PartitionRecord(
                key.topicId(),
                key.partition(),
                now.replicas(),
                now.isr(),
                now.removing(),
                now.adding(),
                now.leader(),
                leaderEpoch,
                now.partitionEpoch(),
                now.directories(),
                now.recovering(),
                now.elr(),
                now.lastKnownElr());
    }
}
