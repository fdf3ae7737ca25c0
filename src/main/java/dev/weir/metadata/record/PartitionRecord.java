package dev.weir.metadata.record;

import dev.weir.metadata.DirectoryId;
import java.util.Collections;
import java.util.List;
import org.apache.kafka.common.Uuid;
import org.jspecify.annotations.Nullable;

/**
 * A partition's whole state.
 *
 * @param topicId its topic
 * @param partitionId its number in the topic, from 0
 * @param replicas brokers, the preferred leader first
 * @param isr the brokers in sync
 * @param removing replicas that a reassignment takes away
 * @param adding replicas that a reassignment adds
 * @param leader a broker, or -1 for none
 * @param leaderEpoch grows with every election
 * @param partitionEpoch grows with every change
 * @param directories the log directory of each replica, in the order of {@code replicas}
 * @param recovering true from an unclean election until its leader has recovered
 * @param elr brokers out of sync that have all that is committed (KIP-966)
 * @param lastKnownElr brokers to look for if nobody else has all that is committed
 */
public record PartitionRecord(
        Uuid topicId,
        int partitionId,
        List<Integer> replicas,
        List<Integer> isr,
        List<Integer> removing,
        List<Integer> adding,
        int leader,
        int leaderEpoch,
        int partitionEpoch,
        List<Uuid> directories,
        boolean recovering,
        List<Integer> elr,
        List<Integer> lastKnownElr)
        implements MetadataRecord {
    public PartitionRecord {
        replicas = List.copyOf(replicas);
        isr = List.copyOf(isr);
        removing = List.copyOf(removing);
        adding = List.copyOf(adding);
        directories = List.copyOf(directories);
        elr = List.copyOf(elr);
        lastKnownElr = List.copyOf(lastKnownElr);
    }

    /** A partition whose replicas that have all that is committed are all in sync, such as a new one. */
    public PartitionRecord(
            Uuid topicId,
            int partitionId,
            List<Integer> replicas,
            List<Integer> isr,
            List<Integer> removing,
            List<Integer> adding,
            int leader,
            int leaderEpoch,
            int partitionEpoch,
            List<Uuid> directories,
            boolean recovering) {
        this(
                topicId,
                partitionId,
                replicas,
                isr,
                removing,
                adding,
                leader,
                leaderEpoch,
                partitionEpoch,
                directories,
                recovering,
                List.of(),
                List.of());
    }

    /** @param version of the schema that the record was read in; before version 1 it has no directories */
    static PartitionRecord of(org.apache.kafka.common.metadata.PartitionRecord generated, short version) {
        List<Uuid> directories = version >= 1
                ? generated.directories()
                : Collections.nCopies(generated.replicas().size(), DirectoryId.MIGRATING);
        return new PartitionRecord(
                generated.topicId(),
                generated.partitionId(),
                generated.replicas(),
                generated.isr(),
                generated.removingReplicas(),
                generated.addingReplicas(),
                generated.leader(),
                generated.leaderEpoch(),
                generated.partitionEpoch(),
                directories,
                generated.leaderRecoveryState() != 0,
                orNone(generated.eligibleLeaderReplicas()),
                orNone(generated.lastKnownElr()));
    }

    private static List<Integer> orNone(@Nullable List<Integer> brokers) {
        return brokers == null ? List.of() : brokers;
    }

    @Override
    public RecordType type() {
        return RecordType.PARTITION;
    }

    @Override
    public org.apache.kafka.common.metadata.PartitionRecord toGenerated() {
        return new org.apache.kafka.common.metadata.PartitionRecord()
                .setPartitionId(partitionId)
                .setTopicId(topicId)
                .setReplicas(replicas)
                .setIsr(isr)
                .setRemovingReplicas(removing)
                .setAddingReplicas(adding)
                .setLeader(leader)
                .setLeaderRecoveryState((byte) (recovering ? 1 : 0))
                .setLeaderEpoch(leaderEpoch)
                .setPartitionEpoch(partitionEpoch)
                .setDirectories(directories)
                .setEligibleLeaderReplicas(elr.isEmpty() ? null : elr)
                .setLastKnownElr(lastKnownElr.isEmpty() ? null : lastKnownElr);
    }
}
