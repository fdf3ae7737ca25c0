package dev.weir.controller;

import dev.weir.metadata.ClusterImage;
import dev.weir.metadata.PartitionImage;
import dev.weir.metadata.TopicImage;
import dev.weir.metadata.record.MetadataRecord;
import dev.weir.metadata.record.PartitionChangeRecord;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.common.ElectionType;
import org.apache.kafka.common.message.ElectLeadersRequestData;
import org.apache.kafka.common.message.ElectLeadersRequestData.TopicPartitions;
import org.apache.kafka.common.message.ElectLeadersResponseData;
import org.apache.kafka.common.message.ElectLeadersResponseData.PartitionResult;
import org.apache.kafka.common.message.ElectLeadersResponseData.ReplicaElectionResult;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.ApiError;

/**
 * Elections that nobody's coming or going has called for: ElectLeaders (KIP-460), and the return of preferred leaders. Stateless.
 */
final class LeaderElections {
    private final ConfigRules rules;

    LeaderElections(ConfigRules rules) {
        this.rules = rules;
    }

    /**
     * ElectLeaders: the preferred leader where it is in sync, or, of a partition that nobody leads, any live replica, at the price of
     * what it lacks. Without partitions in the request all are meant, and those that need no election are not named in the answer.
     */
    ControllerResult<ElectLeadersResponseData> elect(ClusterImage image, ElectLeadersRequestData request) {
        ElectLeadersResponseData response = new ElectLeadersResponseData();
        PartitionChange.Election election;
        if (request.electionType() == ElectionType.PREFERRED.value) {
            election = PartitionChange.Election.PREFERRED;
        } else if (request.electionType() == ElectionType.UNCLEAN.value) {
            election = PartitionChange.Election.UNCLEAN;
        } else {
            return ControllerResult.unchanged(response.setErrorCode(Errors.INVALID_REQUEST.code()));
        }
        Round round = new Round(image, election);
        if (request.topicPartitions() == null) {
            for (TopicImage topic : image.topics().byName().values()) {
                ReplicaElectionResult answer = new ReplicaElectionResult().setTopic(topic.name());
                for (int partition : topic.partitions().keySet()) {
                    ApiError error = round.elect(topic.name(), partition);
                    if (error.error() != Errors.ELECTION_NOT_NEEDED) {
                        answer.partitionResult().add(result(partition, error));
                    }
                }
                response.replicaElectionResults().add(answer);
            }
        } else {
            for (TopicPartitions topic : request.topicPartitions()) {
                ReplicaElectionResult answer = new ReplicaElectionResult().setTopic(topic.topic());
                topic.partitions().forEach(partition -> answer.partitionResult()
                        .add(result(partition, round.elect(topic.topic(), partition))));
                response.replicaElectionResults().add(answer);
            }
        }
        return new ControllerResult<>(round.records, response);
    }

    /**
     * Elections of preferred leaders that are in sync and do not lead.
     *
     * @param most how many; there may be more to do if there are that many
     */
    List<MetadataRecord> preferred(ClusterImage image, int most) {
        List<MetadataRecord> records = new ArrayList<>();
        for (TopicImage topic : image.topics().byName().values()) {
            TopicRules ofTopic = null;
            for (Map.Entry<Integer, PartitionImage> entry : topic.partitions().entrySet()) {
                PartitionImage partition = entry.getValue();
                if (records.size() == most) {
                    return records;
                }
                boolean waits = partition.hasLeader()
                        && partition.leader() != partition.preferredLeader()
                        && partition.isr().contains(partition.preferredLeader());
                if (waits) {
                    ofTopic = ofTopic == null ? TopicRules.of(rules, image, topic.name()) : ofTopic;
                    PartitionChange.of(image, topic.id(), entry.getKey(), partition, ofTopic)
                            .election(PartitionChange.Election.PREFERRED)
                            .record()
                            .ifPresent(records::add);
                }
            }
        }
        return records;
    }

    private static PartitionResult result(int partition, ApiError error) {
        return new PartitionResult()
                .setPartitionId(partition)
                .setErrorCode(error.error().code())
                .setErrorMessage(error.message());
    }

    /** The elections of one request, each on what the ones before it have made. */
    private final class Round {
        private final List<MetadataRecord> records = new ArrayList<>();
        private final PartitionChange.Election election;
        private ClusterImage image;

        private Round(ClusterImage image, PartitionChange.Election election) {
            this.image = image;
            this.election = election;
        }

        private ApiError elect(String name, int index) {
            TopicImage topic = image.topic(name).orElse(null);
            if (topic == null) {
                return new ApiError(Errors.UNKNOWN_TOPIC_OR_PARTITION, "No such topic as " + name);
            }
            PartitionImage partition = topic.partition(index).orElse(null);
            if (partition == null) {
                return new ApiError(Errors.UNKNOWN_TOPIC_OR_PARTITION, "No such partition as " + name + "-" + index);
            }
            boolean preferred = election == PartitionChange.Election.PREFERRED;
            boolean idle = preferred ? partition.leader() == partition.preferredLeader() : partition.hasLeader();
            if (idle) {
                return new ApiError(Errors.ELECTION_NOT_NEEDED);
            }
            Optional<PartitionChangeRecord> record = PartitionChange.of(
                            image, topic.id(), index, partition, TopicRules.of(rules, image, name))
                    .election(election)
                    .record();
            if (record.isEmpty()) {
                return new ApiError(
                        preferred ? Errors.PREFERRED_LEADER_NOT_AVAILABLE : Errors.ELIGIBLE_LEADERS_NOT_AVAILABLE);
            }
            records.add(record.get());
            image = image.apply(record.get());
            return ApiError.NONE;
        }
    }
}
