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
import java.util.function.Function;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.AlterPartitionRequestData;
import org.apache.kafka.common.message.AlterPartitionRequestData.BrokerState;
import org.apache.kafka.common.message.AlterPartitionResponseData;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The ISR changes that a shard's leaders ask the controller for (AlterPartition, KIP-497), one request at a time with all that
 * has come together meanwhile. Owned by the shard.
 *
 * <p>A proposal is asked for, as it is, until the controller has taken it or the metadata has shown a newer state of the partition.
 * No other answer ends it, a refusal neither: an earlier copy of the request may still be on its way, and be taken when what it was
 * refused for has passed. A controller that refuses a member changes the partition epoch, after which no copy is taken.
 */
final class IsrProposals {
    private static final Logger LOG = LoggerFactory.getLogger(IsrProposals.class);
    private static final int MAX_BATCH = 1_000;

    private final int brokerId;
    private final ReplicaRules rules;
    private final IsrCounts counts;
    private final Function<PartitionKey, @Nullable ReplicationState> states;
    private final Map<PartitionKey, Asked> unsent = new LinkedHashMap<>();
    private Map<PartitionKey, Asked> inFlight = Map.of();
    private final Map<PartitionKey, Asked> resting = new LinkedHashMap<>();

    private record Asked(PartitionKey key, IsrProposal proposal) {}

    /** @param states finds the state of a partition; null where it is not here or cannot be used */
    IsrProposals(
            int brokerId,
            ReplicaRules rules,
            IsrCounts counts,
            Function<PartitionKey, @Nullable ReplicationState> states) {
        this.brokerId = brokerId;
        this.rules = rules;
        this.counts = counts;
        this.states = states;
    }

    private boolean isPending(Asked asked) {
        ReplicationState state = states.apply(asked.key());
        return state != null && state.isPending(asked.proposal());
    }

    /**
     * Looks whether the ISR of a partition should change, and if so asks for it with the next request. A proposal that is pending
     * already, such as one that a log has inherited, is asked for if it is not.
     */
    void look(PartitionKey key, ReplicationState state) {
        IsrProposal open = state.pending();
        if (open != null) {
            Asked asked = new Asked(key, open);
            if (!asked.equals(unsent.get(key)) && !asked.equals(inFlight.get(key)) && !asked.equals(resting.get(key))) {
                unsent.put(key, asked);
            }
        } else {
            state.propose().ifPresent(proposal -> {
                LOG.info("{}: asks for the ISR {} instead of {}", key, proposal, state.isr());
                unsent.put(key, new Asked(key, proposal));
            });
        }
    }

    /** Whether {@link #next} has something to give, or will have when the request that is under way has ended. */
    boolean hasUnsent() {
        return !unsent.isEmpty();
    }

    /** The next request, unless one is under way or there is nothing to ask for. */
    Optional<AlterPartitionRequestData> next() {
        unsent.values().removeIf(asked -> !isPending(asked));
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
            AlterPartitionRequestData.TopicData topic =
                    topics.computeIfAbsent(asked.key().topicId(), id -> {
                        AlterPartitionRequestData.TopicData data =
                                new AlterPartitionRequestData.TopicData().setTopicId(id);
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
        ReplicationState state = states.apply(asked.key());
        if (state == null) {
            return false;
        }
        if (error == Errors.NONE) {
            state.accepted(
                    asked.proposal(),
                    answer.leaderEpoch(),
                    answer.partitionEpoch(),
                    new HashSet<>(answer.isr()),
                    nowMs);
        }
        rest(asked, error);
        return !state.isPending(asked.proposal());
    }

    /** There was no answer, or one that says nothing of any proposal. */
    void failed(Errors error) {
        inFlight.values().forEach(asked -> rest(asked, error));
        inFlight = Map.of();
    }

    private void rest(Asked asked, Errors error) {
        if (isPending(asked)) {
            LOG.info("{}: the ISR {} is asked for again: {}", asked.key(), asked.proposal(), error);
            counts.failed();
            resting.put(asked.key(), asked);
        }
    }

    /** Whether something waits for {@link #again}. */
    boolean isResting() {
        return !resting.isEmpty();
    }

    /** Some time after a failure: asks again for what is still open. */
    void again() {
        resting.forEach(unsent::putIfAbsent);
        resting.clear();
    }

    /** Whether nothing is asked for, and nothing will be by itself. */
    boolean isQuiet() {
        return unsent.isEmpty() && inFlight.isEmpty() && !isResting();
    }
}
