package dev.weir.metadata;

import dev.weir.metadata.record.PartitionChangeRecord;
import dev.weir.metadata.record.PartitionRecord;
import java.util.List;
import org.apache.kafka.common.Uuid;

/**
 * One partition. Immutable; {@code isr} and {@code elr} are subsets of {@code replicas} without a common member, and
 * {@code leader} is {@link #NO_LEADER} or a member of the ISR. With eligible leader replicas (KIP-966) the ISR may be empty.
 *
 * @param replicas brokers, the preferred leader first
 * @param isr the brokers in sync
 * @param removing replicas that a reassignment takes away
 * @param adding replicas that a reassignment adds
 * @param leader a broker, or {@link #NO_LEADER}
 * @param leaderEpoch grows with every election
 * @param partitionEpoch grows with every change
 * @param directories the log directory of each replica, in the order of {@code replicas}
 * @param recovering true from an unclean election until its leader has recovered
 * @param elr brokers out of sync that have all that is committed, since they left the ISR while it was too small to commit more
 * @param lastKnownElr the last leader of a partition without ISR and ELR, to lead again if it comes back
 */
public record PartitionImage(
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
        List<Integer> lastKnownElr) {
    public static final int NO_LEADER = -1;

    public PartitionImage {
        replicas = List.copyOf(replicas);
        isr = List.copyOf(isr);
        removing = List.copyOf(removing);
        adding = List.copyOf(adding);
        directories = List.copyOf(directories);
        elr = List.copyOf(elr);
        lastKnownElr = List.copyOf(lastKnownElr);
    }

    public boolean hasLeader() {
        return leader != NO_LEADER;
    }

    /** Whether replicas are being added or removed. */
    public boolean isReassigning() {
        return !adding.isEmpty() || !removing.isEmpty();
    }

    /** This partition with other replicas, their directories left open: to decide on, not to keep. */
    public PartitionImage withReplicas(List<Integer> others) {
        return new PartitionImage(
                others,
                isr,
                removing,
                adding,
                leader,
                leaderEpoch,
                partitionEpoch,
                directories,
                recovering,
                elr,
                lastKnownElr);
    }

    /** This partition with its replicas in other directories: to decide on, not to keep. */
    public PartitionImage withDirectories(List<Uuid> others) {
        return new PartitionImage(
                replicas,
                isr,
                removing,
                adding,
                leader,
                leaderEpoch,
                partitionEpoch,
                others,
                recovering,
                elr,
                lastKnownElr);
    }

    /** The replica that leads when all are well. */
    public int preferredLeader() {
        return replicas.get(0);
    }

    /** Where a broker keeps its replica; {@link DirectoryId#UNASSIGNED} where it has yet to choose, or keeps none. */
    public Uuid directoryOf(int broker) {
        int index = replicas.indexOf(broker);
        return index < 0 || index >= directories.size() ? DirectoryId.UNASSIGNED : directories.get(index);
    }

    static PartitionImage of(PartitionRecord record) {
        return new PartitionImage(
                record.replicas(),
                record.isr(),
                record.removing(),
                record.adding(),
                record.leader(),
                record.leaderEpoch(),
                record.partitionEpoch(),
                record.directories(),
                record.recovering(),
                record.elr(),
                record.lastKnownElr());
    }

    PartitionRecord toRecord(Uuid topicId, int partitionId) {
        return new PartitionRecord(
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
                elr,
                lastKnownElr);
    }

    /** This partition after a change; naming a leader raises the leader epoch even where it is the same one. */
    public PartitionImage with(PartitionChangeRecord change) {
        return new PartitionImage(
                change.replicas().orElse(replicas),
                change.isr().orElse(isr),
                change.removing().orElse(removing),
                change.adding().orElse(adding),
                change.leader().orElse(leader),
                change.leader().isPresent() ? leaderEpoch + 1 : leaderEpoch,
                partitionEpoch + 1,
                change.directories().orElse(directories),
                change.recovering().orElse(recovering),
                change.elr().orElse(elr),
                change.lastKnownElr().orElse(lastKnownElr));
    }
}
