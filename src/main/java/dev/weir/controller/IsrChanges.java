package dev.weir.controller;

import dev.weir.metadata.BrokerImage;
import dev.weir.metadata.ClusterImage;
import dev.weir.metadata.PartitionImage;
import dev.weir.metadata.TopicImage;
import dev.weir.metadata.record.MetadataRecord;
import dev.weir.metadata.record.PartitionChangeRecord;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.AlterPartitionRequestData;
import org.apache.kafka.common.message.AlterPartitionRequestData.BrokerState;
import org.apache.kafka.common.message.AlterPartitionResponseData;
import org.apache.kafka.common.protocol.Errors;

/**
 * AlterPartition: a leader proposes which replicas are in sync. It is taken only where the leader knows the partition as it
 * is now, by leader epoch and partition epoch. The ISR that a reassignment waits for completes it; a leader that thereby is
 * one no more hears so. A refusal of a member is recorded: from then on a leader knows that the proposal was not taken and will
 * not be. Stateless.
 *
 * <p>A proposal for what is already so changes nothing and succeeds, and a partition that is named twice is decided on twice.
 */
final class IsrChanges {
    private static final byte RECOVERED = 0;
    private static final byte RECOVERING = 1;
    private static final long ANY_EPOCH = -1;

    private final ConfigRules rules;

    IsrChanges(ConfigRules rules) {
        this.rules = rules;
    }

    ControllerResult<AlterPartitionResponseData> alter(ClusterImage image, AlterPartitionRequestData request) {
        AlterPartitionResponseData response = new AlterPartitionResponseData();
        boolean current = image.broker(request.brokerId())
                .filter(broker -> broker.epoch() == request.brokerEpoch())
                .isPresent();
        if (!current) {
            return ControllerResult.unchanged(response.setErrorCode(Errors.STALE_BROKER_EPOCH.code()));
        }
        Proposals proposals = new Proposals(image, request.brokerId());
        for (AlterPartitionRequestData.TopicData topicData : request.topics()) {
            AlterPartitionResponseData.TopicData answer =
                    new AlterPartitionResponseData.TopicData().setTopicId(topicData.topicId());
            response.topics().add(answer);
            for (AlterPartitionRequestData.PartitionData proposal : topicData.partitions()) {
                answer.partitions().add(proposals.take(topicData.topicId(), proposal));
            }
        }
        return new ControllerResult<>(proposals.records, response);
    }

    /** The proposals of one request, each decided on what the ones before it have made. */
    private final class Proposals {
        private final List<MetadataRecord> records = new ArrayList<>();
        private final Map<Uuid, TopicRules> byTopic = new HashMap<>();
        private final int brokerId;
        private ClusterImage image;

        private Proposals(ClusterImage image, int brokerId) {
            this.image = image;
            this.brokerId = brokerId;
        }

        private AlterPartitionResponseData.PartitionData take(
                Uuid topicId, AlterPartitionRequestData.PartitionData proposal) {
            AlterPartitionResponseData.PartitionData answer =
                    new AlterPartitionResponseData.PartitionData().setPartitionIndex(proposal.partitionIndex());
            TopicImage topic = image.topic(topicId).orElse(null);
            if (topic == null) {
                return answer.setErrorCode(Errors.UNKNOWN_TOPIC_ID.code());
            }
            PartitionImage before = topic.partition(proposal.partitionIndex()).orElse(null);
            if (before == null) {
                return answer.setErrorCode(Errors.UNKNOWN_TOPIC_OR_PARTITION.code());
            }
            Errors error = check(image, before, brokerId, proposal);
            if (error == Errors.INELIGIBLE_REPLICA) {
                // The partition epoch moves on, so that no copy of the proposal is taken when the member is eligible
                // again.
                record(PartitionChangeRecord.of(topicId, proposal.partitionIndex()));
            }
            if (error != Errors.NONE) {
                return answer.setErrorCode(error.code());
            }
            PartitionImage after = isAsItIs(before, proposal) ? before : change(topic, before, proposal);
            if (after.leader() != brokerId) {
                return answer.setErrorCode(Errors.NEW_LEADER_ELECTED.code());
            }
            return answer.setLeaderId(after.leader())
                    .setLeaderEpoch(after.leaderEpoch())
                    .setIsr(after.isr())
                    .setLeaderRecoveryState(after.recovering() ? RECOVERING : RECOVERED)
                    .setPartitionEpoch(after.partitionEpoch());
        }

        private PartitionImage change(
                TopicImage topic, PartitionImage before, AlterPartitionRequestData.PartitionData proposal) {
            TopicRules ofTopic = byTopic.computeIfAbsent(topic.id(), id -> TopicRules.of(rules, image, topic.name()));
            int id = proposal.partitionIndex();
            Optional<PartitionChangeRecord> record = PartitionChange.of(image, topic.id(), id, before, ofTopic)
                    .election(ofTopic.election())
                    .isr(idsOf(proposal))
                    .recovering(proposal.leaderRecoveryState() == RECOVERING)
                    .record();
            record.ifPresent(this::record);
            return record.map(before::with).orElse(before);
        }

        private void record(PartitionChangeRecord made) {
            records.add(made);
            image = image.apply(made);
        }
    }

    /** A proposal whose answer was lost is made again, with an older partition epoch: it was taken, and is answered so. */
    private static boolean isAsItIs(PartitionImage partition, AlterPartitionRequestData.PartitionData proposal) {
        List<Integer> ids = idsOf(proposal);
        return ids.size() == partition.isr().size()
                && partition.isr().containsAll(ids)
                && ids.containsAll(partition.isr())
                && (proposal.leaderRecoveryState() == RECOVERING) == partition.recovering();
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
        if (isAsItIs(partition, proposal)) {
            return Errors.NONE;
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
        return isr.stream().allMatch(member -> isEligible(image, partition, member))
                ? Errors.NONE
                : Errors.INELIGIBLE_REPLICA;
    }

    /** A replica that cannot be used may not be in sync: it may have lost what it had fetched. */
    private static boolean isEligible(ClusterImage image, PartitionImage partition, BrokerState member) {
        return image.broker(member.brokerId())
                .filter(BrokerImage::active)
                .filter(broker -> broker.hasOnline(partition))
                .filter(broker -> member.brokerEpoch() == ANY_EPOCH || broker.epoch() == member.brokerEpoch())
                .isPresent();
    }

    private static List<Integer> idsOf(AlterPartitionRequestData.PartitionData proposal) {
        return isrOf(proposal).stream().map(BrokerState::brokerId).toList();
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
