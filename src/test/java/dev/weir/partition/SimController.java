package dev.weir.partition;

import dev.weir.partition.client.PartitionKey;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.common.message.AlterPartitionRequestData;
import org.apache.kafka.common.message.AlterPartitionRequestData.BrokerState;
import org.apache.kafka.common.message.AlterPartitionResponseData;
import org.apache.kafka.common.protocol.Errors;

/**
 * A controller that decides as Kafka's does: ISR changes by epochs and incarnations, elections from the ISR, then from the
 * eligible replicas (KIP-966), never from others. It never dies; its answers do.
 */
final class SimController {
    /** The state of one partition; the eligible replicas are known to it alone. */
    private static final class Decided {
        private int leader;
        private int leaderEpoch;
        private int partitionEpoch;
        private final Set<Integer> isr;
        private final Set<Integer> elr = new TreeSet<>();

        Decided(Set<Integer> replicas) {
            isr = new TreeSet<>(replicas);
            leader = isr.iterator().next();
        }
    }

    private final Set<Integer> ids;
    private final int minIsr;
    private final boolean takesRepeats;
    private final boolean refusalsEndCopies;
    private final Map<Integer, Decided> partitions = new HashMap<>();
    private final Map<Integer, SimImage.Registered> brokers = new HashMap<>();
    private SimImage image;
    private long nextEpoch = 100;

    /**
     * @param takesRepeats whether a proposal that has been taken is answered well again
     * @param refusalsEndCopies whether no copy of a proposal is taken after it was refused
     */
    SimController(Set<Integer> ids, int partitionCount, int minIsr, boolean takesRepeats, boolean refusalsEndCopies) {
        this.ids = ids;
        this.minIsr = minIsr;
        this.takesRepeats = takesRepeats;
        this.refusalsEndCopies = refusalsEndCopies;
        ids.forEach(id -> brokers.put(id, new SimImage.Registered(nextEpoch++, false)));
        for (int i = 0; i < partitionCount; i++) {
            partitions.put(i, new Decided(ids));
        }
        image = new SimImage(0, roles(), brokers);
    }

    SimImage image() {
        return image;
    }

    Set<Integer> isr(int partition) {
        return partitions.get(partition).isr;
    }

    Set<Integer> elr(int partition) {
        return partitions.get(partition).elr;
    }

    int leader(int partition) {
        return partitions.get(partition).leader;
    }

    int leaderEpoch(int partition) {
        return partitions.get(partition).leaderEpoch;
    }

    /** A broker's process has begun; it is not let in yet. Whoever may have lost something counts nowhere any more. */
    long register(int broker, boolean mayHaveLost) {
        fenceOnly(broker);
        if (mayHaveLost) {
            partitions.values().forEach(partition -> {
                partition.isr.remove(broker);
                if (partition.elr.remove(broker)) {
                    partition.partitionEpoch++;
                }
            });
        }
        long epoch = nextEpoch++;
        brokers.put(broker, new SimImage.Registered(epoch, true));
        publish();
        return epoch;
    }

    void fence(int broker) {
        fenceOnly(broker);
        publish();
    }

    private void fenceOnly(int broker) {
        brokers.put(broker, new SimImage.Registered(brokers.get(broker).epoch(), true));
        for (Decided partition : partitions.values()) {
            if (partition.isr.remove(broker)) {
                if (partition.isr.size() < minIsr) {
                    partition.elr.add(broker);
                }
                partition.partitionEpoch++;
                if (partition.leader == broker) {
                    elect(partition);
                }
            }
        }
    }

    void unfence(int broker) {
        brokers.put(broker, new SimImage.Registered(brokers.get(broker).epoch(), false));
        partitions.values().stream().filter(p -> p.leader < 0).forEach(this::elect);
        publish();
    }

    /** Another member of the ISR leads, or the same one in a new epoch. */
    void move(int partition, int choice) {
        Decided decided = partitions.get(partition);
        List<Integer> active = decided.isr.stream().filter(this::isActive).toList();
        if (decided.leader >= 0 && !active.isEmpty()) {
            decided.leader = active.get(choice % active.size());
            decided.leaderEpoch++;
            decided.partitionEpoch++;
            publish();
        }
    }

    /** Something of the partition changes that is not its ISR. */
    void touch(int partition) {
        partitions.get(partition).partitionEpoch++;
        publish();
    }

    private void elect(Decided partition) {
        int next = Stream.concat(partition.isr.stream(), partition.elr.stream())
                .filter(this::isActive)
                .findFirst()
                .orElse(-1);
        if (next >= 0 && partition.elr.remove(next)) {
            partition.isr.add(next);
        }
        if (partition.isr.size() >= minIsr) {
            partition.elr.clear();
        }
        partition.leader = next;
        partition.leaderEpoch++;
        partition.partitionEpoch++;
    }

    private boolean isActive(int broker) {
        return !brokers.get(broker).fenced();
    }

    private void publish() {
        image = new SimImage(image.version() + 1, roles(), brokers);
    }

    private Map<Integer, PartitionRole> roles() {
        return partitions.entrySet().stream()
                .collect(Collectors.toMap(
                        Map.Entry::getKey,
                        e -> new PartitionRole(
                                e.getValue().leader,
                                e.getValue().leaderEpoch,
                                e.getValue().partitionEpoch,
                                e.getValue().isr,
                                ids,
                                Set.of())));
    }

    AlterPartitionResponseData alter(AlterPartitionRequestData request) {
        AlterPartitionResponseData response = new AlterPartitionResponseData();
        if (brokers.get(request.brokerId()).epoch() != request.brokerEpoch()) {
            return response.setErrorCode(Errors.STALE_BROKER_EPOCH.code());
        }
        for (AlterPartitionRequestData.TopicData topic : request.topics()) {
            AlterPartitionResponseData.TopicData answers =
                    new AlterPartitionResponseData.TopicData().setTopicId(topic.topicId());
            response.topics().add(answers);
            for (AlterPartitionRequestData.PartitionData asked : topic.partitions()) {
                Decided partition = partitions.get(asked.partitionIndex());
                Errors error = decide(partition, request.brokerId(), asked);
                answers.partitions()
                        .add(new AlterPartitionResponseData.PartitionData()
                                .setPartitionIndex(asked.partitionIndex())
                                .setErrorCode(error.code())
                                .setLeaderId(partition.leader)
                                .setLeaderEpoch(partition.leaderEpoch)
                                .setIsr(List.copyOf(partition.isr))
                                .setPartitionEpoch(partition.partitionEpoch));
            }
        }
        publish();
        return response;
    }

    private Errors decide(Decided partition, int broker, AlterPartitionRequestData.PartitionData asked) {
        Set<Integer> isr =
                asked.newIsrWithEpochs().stream().map(BrokerState::brokerId).collect(Collectors.toSet());
        if (asked.leaderEpoch() < partition.leaderEpoch) {
            return Errors.FENCED_LEADER_EPOCH;
        }
        if (partition.leader != broker || asked.leaderEpoch() > partition.leaderEpoch) {
            return Errors.INVALID_REQUEST;
        }
        if (asked.partitionEpoch() != partition.partitionEpoch) {
            boolean same = takesRepeats && isr.equals(partition.isr);
            return same ? Errors.NONE : Errors.INVALID_UPDATE_VERSION;
        }
        for (BrokerState member : asked.newIsrWithEpochs()) {
            boolean known =
                    member.brokerEpoch() < 0 || brokers.get(member.brokerId()).epoch() == member.brokerEpoch();
            if (!known || !isActive(member.brokerId())) {
                partition.partitionEpoch += refusalsEndCopies ? 1 : 0;
                return Errors.INELIGIBLE_REPLICA;
            }
        }
        if (!isr.equals(partition.isr)) {
            Set<Integer> left = new HashSet<>(partition.isr);
            left.removeAll(isr);
            partition.isr.clear();
            partition.isr.addAll(isr);
            partition.elr.removeAll(isr);
            if (isr.size() >= minIsr) {
                partition.elr.clear();
            } else {
                partition.elr.addAll(left);
            }
            partition.partitionEpoch++;
        }
        return Errors.NONE;
    }

    static PartitionKey key(int partition) {
        return new PartitionKey(ShardFixture.TOPIC, partition);
    }
}
