package dev.weir.partition;

import dev.weir.partition.client.PartitionKey;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.AlterPartitionRequestData;
import org.apache.kafka.common.message.AlterPartitionRequestData.BrokerState;
import org.apache.kafka.common.message.AlterPartitionResponseData;
import org.apache.kafka.common.protocol.Errors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The ISR changes that a shard's leaders ask the controller for (AlterPartition, KIP-497), one request at a time with all that
 * has come together meanwhile. Owned by the shard.
 *
 * <p>A proposal that was sent is asked for again, as it is, until the controller has taken it, has said that it did not and never
 * will, or the metadata has shown a newer state of the partition. No other answer ends it: it may have been taken all the same.
 */
final class IsrProposals {
    private static final Logger LOG = LoggerFactory.getLogger(IsrProposals.class);
    private static final int MAX_BATCH = 1_000;

    private final int brokerId;
    private final ReplicaRules rules;
    private final IsrCounts counts;
    private final Map<PartitionKey, Asked> unsent = new LinkedHashMap<>();
    private Map<PartitionKey, Asked> inFlight = Map.of();
    private final Map<PartitionKey, Asked> resting = new LinkedHashMap<>();
    private final Set<PartitionKey> refused = new LinkedHashSet<>();

    private record Asked(PartitionKey key, ReplicationState state, IsrProposal proposal) {
        boolean isPending() {
            return state.isPending(proposal);
        }
    }

    IsrProposals(int brokerId, ReplicaRules rules, IsrCounts counts) {
        this.brokerId = brokerId;
        this.rules = rules;
        this.counts = counts;
    }

    /** Looks whether the ISR of a partition should change, and if so asks for it with the next request. */
    void look(PartitionKey key, ReplicationState state) {
        if (refused.contains(key)) {
            return;
        }
        state.propose().ifPresent(proposal -> {
            LOG.info("{}: asks for the ISR {} instead of {}", key, proposal, state.isr());
            unsent.put(key, new Asked(key, state, proposal));
        });
    }

    /** The next request, unless one is under way or there is nothing to ask for. */
    Optional<AlterPartitionRequestData> next() {
        unsent.values().removeIf(asked -> !asked.isPending());
        long ownEpoch = rules.ownEpoch();
        if (!inFlight.isEmpty() || unsent.isEmpty() || ownEpoch == ReplicaRules.NO_BROKER_EPOCH) {
            return Optional.empty();
        }
        Map<PartitionKey, Asked> batch = new LinkedHashMap<>();
        Iterator<Asked> asked = unsent.values().iterator();
        while (asked.hasNext() && batch.size() < MAX_BATCH) {
            Asked one = asked.next();
            batch.put(one.key(), one);
            asked.remove();
        }
        inFlight = batch;
        return Optional.of(request(batch.values().iterator(), ownEpoch));
    }

    private AlterPartitionRequestData request(Iterator<Asked> batch, long ownEpoch) {
        AlterPartitionRequestData request =
                new AlterPartitionRequestData().setBrokerId(brokerId).setBrokerEpoch(ownEpoch);
        Map<Uuid, AlterPartitionRequestData.TopicData> topics = new HashMap<>();
        batch.forEachRemaining(asked -> {
            AlterPartitionRequestData.TopicData topic = topics.computeIfAbsent(asked.key().topicId(), id -> {
                AlterPartitionRequestData.TopicData data = new AlterPartitionRequestData.TopicData().setTopicId(id);
                request.topics().add(data);
                return data;
            });
            IsrProposal proposal = asked.proposal();
            topic.partitions()
                    .add(new AlterPartitionRequestData.PartitionData()
                            .setPartitionIndex(asked.key().partition())
                            .setLeaderEpoch(proposal.leaderEpoch())
                            .setPartitionEpoch(proposal.partitionEpoch())
                            .setNewIsrWithEpochs(proposal.members().stream()
                                    .map(member -> new BrokerState()
                                            .setBrokerId(member.brokerId())
                                            .setBrokerEpoch(member.brokerEpoch()))
                                    .toList()));
        });
        return request;
    }

    /** The request was answered; returns the partitions whose state has changed. */
    Set<PartitionKey> answered(AlterPartitionResponseData response, long nowMs) {
        Errors error = Errors.forCode(response.errorCode());
        if (error != Errors.NONE) {
            failed(error);
            return Set.of();
        }
        Map<PartitionKey, Asked> open = new LinkedHashMap<>(inFlight);
        Set<PartitionKey> changed = new LinkedHashSet<>();
        for (AlterPartitionResponseData.TopicData topic : response.topics()) {
            for (AlterPartitionResponseData.PartitionData partition : topic.partitions()) {
                Asked asked = open.remove(new PartitionKey(topic.topicId(), partition.partitionIndex()));
                if (asked != null && answered(asked, partition, nowMs)) {
                    changed.add(asked.key());
                }
            }
        }
        open.values().forEach(asked -> rest(asked, Errors.UNKNOWN_SERVER_ERROR));
        inFlight = Map.of();
        return changed;
    }

    private boolean answered(Asked asked, AlterPartitionResponseData.PartitionData answer, long nowMs) {
        Errors error = Errors.forCode(answer.errorCode());
        switch (error) {
            case NONE -> {
                asked.state()
                        .accepted(
                                asked.proposal(),
                                answer.leaderEpoch(),
                                answer.partitionEpoch(),
                                new HashSet<>(answer.isr()),
                                nowMs);
                rest(asked, error);
            }
            case INELIGIBLE_REPLICA, OPERATION_NOT_ATTEMPTED -> {
                // Said of the partition as this leader knows it, so the proposal was not taken by any controller before.
                if (asked.isPending()) {
                    LOG.info("{}: the controller refuses the ISR {}: {}", asked.key(), asked.proposal(), error);
                    counts.failed();
                    asked.state().refused(asked.proposal());
                    refused.add(asked.key());
                }
            }
            default -> rest(asked, error);
        }
        return !asked.isPending();
    }

    /** There was no answer, or one that says nothing of any proposal. */
    void failed(Errors error) {
        inFlight.values().forEach(asked -> rest(asked, error));
        inFlight = Map.of();
    }

    private void rest(Asked asked, Errors error) {
        if (asked.isPending()) {
            LOG.info("{}: the ISR {} is asked for again: {}", asked.key(), asked.proposal(), error);
            counts.failed();
            resting.put(asked.key(), asked);
        }
    }

    /** Whether something waits for {@link #again}. */
    boolean isResting() {
        return !resting.isEmpty() || !refused.isEmpty();
    }

    /** Some time after a failure: asks again for what is still open; returns the partitions to look at again. */
    Set<PartitionKey> again() {
        resting.forEach(unsent::putIfAbsent);
        resting.clear();
        Set<PartitionKey> looks = new LinkedHashSet<>(refused);
        refused.clear();
        return looks;
    }

    /** Proposals that are not answered. */
    int open() {
        return unsent.size() + inFlight.size() + resting.size();
    }
}
