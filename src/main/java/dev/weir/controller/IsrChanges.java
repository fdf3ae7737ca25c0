package dev.weir.controller;

import dev.weir.metadata.BrokerImage;
import dev.weir.metadata.ClusterImage;
import dev.weir.metadata.PartitionImage;
import dev.weir.metadata.TopicImage;
import dev.weir.metadata.record.MetadataRecord;
import dev.weir.metadata.record.PartitionChangeRecord;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.AlterPartitionRequestData;
import org.apache.kafka.common.message.AlterPartitionRequestData.BrokerState;
import org.apache.kafka.common.message.AlterPartitionResponseData;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

/**
 * AlterPartition: a leader proposes which replicas are in sync. It is taken only where the leader knows the partition as it
 * is now, by leader epoch and partition epoch. The ISR that a reassignment waits for completes it; a leader that thereby is
 * one no more hears so. Stateless.
 */
final class IsrChanges {
    private static final byte RECOVERING = 1;
    private static final long ANY_EPOCH = -1;

    private IsrChanges() {}

    static ControllerResult<AlterPartitionResponseData> alter(ClusterImage image, AlterPartitionRequestData request) {
        AlterPartitionResponseData response = new AlterPartitionResponseData();
        boolean current = image.broker(request.brokerId())
                .filter(broker -> broker.epoch() == request.brokerEpoch())
                .isPresent();
        if (!current) {
            return ControllerResult.unchanged(response.setErrorCode(Errors.STALE_BROKER_EPOCH.code()));
        }
        List<MetadataRecord> records = new ArrayList<>();
        for (AlterPartitionRequestData.TopicData topicData : request.topics()) {
            TopicImage topic = image.topic(topicData.topicId()).orElse(null);
            AlterPartitionResponseData.TopicData answer =
                    new AlterPartitionResponseData.TopicData().setTopicId(topicData.topicId());
            response.topics().add(answer);
            for (AlterPartitionRequestData.PartitionData proposal : topicData.partitions()) {
                answer.partitions().add(propose(image, topic, request.brokerId(), proposal, records));
            }
        }
        return new ControllerResult<>(records, response);
    }

    private static AlterPartitionResponseData.PartitionData propose(
            ClusterImage image,
            @Nullable TopicImage topic,
            int brokerId,
            AlterPartitionRequestData.PartitionData proposal,
            List<MetadataRecord> records) {
        AlterPartitionResponseData.PartitionData answer =
                new AlterPartitionResponseData.PartitionData().setPartitionIndex(proposal.partitionIndex());
        if (topic == null) {
            return answer.setErrorCode(Errors.UNKNOWN_TOPIC_ID.code());
        }
        PartitionImage partition = topic.partition(proposal.partitionIndex()).orElse(null);
        if (partition == null) {
            return answer.setErrorCode(Errors.UNKNOWN_TOPIC_OR_PARTITION.code());
        }
        Errors error = check(image, partition, brokerId, proposal);
        if (error != Errors.NONE) {
            return answer.setErrorCode(error.code());
        }
        PartitionChangeRecord change = change(image, topic.id(), partition, proposal);
        records.add(change);
        PartitionImage after = partition.with(change);
        if (after.leader() != brokerId) {
            return answer.setErrorCode(Errors.NEW_LEADER_ELECTED.code());
        }
        return answer.setLeaderId(after.leader())
                .setLeaderEpoch(after.leaderEpoch())
                .setIsr(after.isr())
                .setLeaderRecoveryState(proposal.leaderRecoveryState())
                .setPartitionEpoch(after.partitionEpoch());
    }

    private static PartitionChangeRecord change(
            ClusterImage image,
            Uuid topicId,
            PartitionImage partition,
            AlterPartitionRequestData.PartitionData proposal) {
        int id = proposal.partitionIndex();
        List<Integer> isr = isrOf(proposal).stream().map(BrokerState::brokerId).toList();
        Reassignment after = Reassignment.of(partition, isr).completed();
        // Its members were found live, so a leader is among them.
        PartitionChangeRecord change = partition.isReassigning() && after.isComplete()
                ? after.change(topicId, id, partition, b -> NewPartitions.directory(image, b), b -> true, () -> false)
                        .orElseThrow()
                : PartitionChangeRecord.of(topicId, id).withIsr(isr);
        boolean recovered = partition.recovering() && proposal.leaderRecoveryState() != RECOVERING;
        return recovered ? change.withRecovering(false) : change;
    }

    /** A proposal from the future means that this controller is no longer the one: the leader should look for another. */
    private static Errors check(
            ClusterImage image,
            PartitionImage partition,
            int brokerId,
            AlterPartitionRequestData.PartitionData proposal) {
        if (proposal.leaderEpoch() > partition.leaderEpoch()
                || proposal.partitionEpoch() > partition.partitionEpoch()) {
            return Errors.NOT_CONTROLLER;
        }
        if (proposal.leaderEpoch() < partition.leaderEpoch()) {
            return Errors.FENCED_LEADER_EPOCH;
        }
        if (brokerId != partition.leader()) {
            return Errors.INVALID_REQUEST;
        }
        if (proposal.partitionEpoch() < partition.partitionEpoch()) {
            return Errors.INVALID_UPDATE_VERSION;
        }
        return checkIsr(image, partition, isrOf(proposal), proposal.leaderRecoveryState() == RECOVERING);
    }

    private static Errors checkIsr(
            ClusterImage image, PartitionImage partition, List<BrokerState> isr, boolean recovering) {
        List<Integer> ids = isr.stream().map(BrokerState::brokerId).toList();
        boolean wellFormed = new HashSet<>(ids).size() == ids.size()
                && partition.replicas().containsAll(ids)
                && ids.contains(partition.leader());
        if (!wellFormed || (recovering && (ids.size() > 1 || !partition.recovering()))) {
            return Errors.INVALID_REQUEST;
        }
        return isr.stream().allMatch(member -> isEligible(image, member)) ? Errors.NONE : Errors.INELIGIBLE_REPLICA;
    }

    private static boolean isEligible(ClusterImage image, BrokerState member) {
        return image.broker(member.brokerId())
                .filter(BrokerImage::active)
                .filter(broker -> member.brokerEpoch() == ANY_EPOCH || broker.epoch() == member.brokerEpoch())
                .isPresent();
    }

    /** The proposed members; before version 3 of the API they come without their epochs. */
    private static List<BrokerState> isrOf(AlterPartitionRequestData.PartitionData proposal) {
        return proposal.newIsr().isEmpty()
                ? proposal.newIsrWithEpochs()
                : proposal.newIsr().stream()
                        .map(id -> new BrokerState().setBrokerId(id).setBrokerEpoch(ANY_EPOCH))
                        .toList();
    }
}
