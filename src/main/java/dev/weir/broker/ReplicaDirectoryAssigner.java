package dev.weir.broker;

import dev.weir.controller.ControllerClient;
import dev.weir.metadata.BrokerImage;
import dev.weir.partition.client.PartitionKey;
import io.vertx.core.Future;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.AssignReplicasToDirsRequestData;
import org.apache.kafka.common.message.AssignReplicasToDirsRequestData.DirectoryData;
import org.apache.kafka.common.message.AssignReplicasToDirsRequestData.PartitionData;
import org.apache.kafka.common.message.AssignReplicasToDirsRequestData.TopicData;
import org.apache.kafka.common.message.AssignReplicasToDirsResponseData;
import org.apache.kafka.common.protocol.Errors;

/** Tells the controller in which log directories this broker keeps its replicas (KIP-858). Immutable. */
final class ReplicaDirectoryAssigner {
    /** Of a partition that is not, or not here, any more there is nothing to be said. */
    private static final Set<Errors> SETTLED = Set.of(
            Errors.NONE, Errors.UNKNOWN_TOPIC_ID, Errors.UNKNOWN_TOPIC_OR_PARTITION, Errors.NOT_LEADER_OR_FOLLOWER);

    private final ControllerClient controller;
    private final int brokerId;

    ReplicaDirectoryAssigner(ControllerClient controller, int brokerId) {
        this.controller = controller;
        this.brokerId = brokerId;
    }

    /** True where the metadata says so then. */
    Future<Boolean> assign(Map<PartitionKey, Uuid> directories) {
        return controller
                .image()
                .compose(image -> {
                    long epoch = image.broker(brokerId).map(BrokerImage::epoch).orElse(-1L);
                    return controller.assignReplicasToDirs(request(epoch, directories));
                })
                .map(ReplicaDirectoryAssigner::isSettled);
    }

    private AssignReplicasToDirsRequestData request(long brokerEpoch, Map<PartitionKey, Uuid> directories) {
        AssignReplicasToDirsRequestData request =
                new AssignReplicasToDirsRequestData().setBrokerId(brokerId).setBrokerEpoch(brokerEpoch);
        Map<Uuid, DirectoryData> byId = new HashMap<>();
        Map<Uuid, Map<Uuid, TopicData>> topics = new HashMap<>();
        directories.forEach((key, id) -> {
            DirectoryData directory = byId.computeIfAbsent(id, i -> {
                DirectoryData made = new DirectoryData().setId(i);
                request.directories().add(made);
                return made;
            });
            topics.computeIfAbsent(id, i -> new HashMap<>())
                    .computeIfAbsent(key.topicId(), t -> {
                        TopicData made = new TopicData().setTopicId(t);
                        directory.topics().add(made);
                        return made;
                    })
                    .partitions()
                    .add(new PartitionData().setPartitionIndex(key.partition()));
        });
        return request;
    }

    private static boolean isSettled(AssignReplicasToDirsResponseData response) {
        return response.errorCode() == Errors.NONE.code()
                && response.directories().stream()
                        .flatMap(directory -> directory.topics().stream())
                        .flatMap(topic -> topic.partitions().stream())
                        .allMatch(partition -> SETTLED.contains(Errors.forCode(partition.errorCode())));
    }
}
