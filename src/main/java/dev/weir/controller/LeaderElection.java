package dev.weir.controller;

import dev.weir.metadata.PartitionImage;
import dev.weir.metadata.record.PartitionChangeRecord;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.IntPredicate;
import org.apache.kafka.common.Uuid;

/**
 * Chooses the leader of one partition. The leader stays while it is in sync and acceptable; otherwise the first replica that
 * is both leads. Without any there is none, unless an unclean election is allowed: then the first acceptable replica leads
 * alone. The ISR never becomes empty: its last member stays in it, so that it can lead again.
 */
final class LeaderElection {
    private LeaderElection() {}

    /**
     * The record that brings the partition to the wanted ISR and a fitting leader; empty where nothing changes.
     *
     * @param wantedIsr the replicas in sync, possibly none
     * @param acceptable which brokers may lead
     * @param unclean whether a replica out of sync may lead; asked only where there is no other
     */
    static Optional<PartitionChangeRecord> decide(
            Uuid topicId,
            int partitionId,
            PartitionImage partition,
            List<Integer> wantedIsr,
            IntPredicate acceptable,
            BooleanSupplier unclean) {
        PartitionChangeRecord record = PartitionChangeRecord.of(topicId, partitionId);
        PartitionChangeRecord untouched = record;
        List<Integer> isr = wantedIsr.isEmpty() ? partition.isr() : wantedIsr;
        int leader = clean(partition, wantedIsr, acceptable);
        if (leader == PartitionImage.NO_LEADER && unclean.getAsBoolean()) {
            leader = first(partition.replicas(), acceptable);
            if (leader != PartitionImage.NO_LEADER) {
                isr = List.of(leader);
                record = partition.recovering() ? record : record.withRecovering(true);
            }
        }
        if (leader != partition.leader()) {
            record = record.withLeader(leader);
        }
        if (!isr.equals(partition.isr())) {
            record = record.withIsr(isr);
        }
        return record == untouched ? Optional.empty() : Optional.of(record);
    }

    private static int clean(PartitionImage partition, List<Integer> isr, IntPredicate acceptable) {
        IntPredicate good = broker -> isr.contains(broker) && acceptable.test(broker);
        return good.test(partition.leader()) ? partition.leader() : first(partition.replicas(), good);
    }

    private static int first(List<Integer> replicas, IntPredicate good) {
        return replicas.stream().filter(broker -> good.test(broker)).findFirst().orElse(PartitionImage.NO_LEADER);
    }
}
