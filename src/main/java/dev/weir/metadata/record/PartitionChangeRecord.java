package dev.weir.metadata.record;

import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.apache.kafka.common.Uuid;
import org.jspecify.annotations.Nullable;

/**
 * What changed about a partition; an empty field stays as it was. Every such record raises the partition epoch by one; one
 * that names a leader, be it the same, raises the leader epoch too.
 *
 * @param topicId its topic
 * @param partitionId its number in the topic
 * @param isr the brokers in sync
 * @param leader a broker, or -1 for none
 * @param replicas brokers, the preferred leader first
 * @param removing replicas that a reassignment takes away
 * @param adding replicas that a reassignment adds
 * @param recovering whether the leader came from an unclean election and has yet to recover
 * @param directories the log directory of each replica
 * @param elr brokers out of sync that have all that is committed (KIP-966)
 * @param lastKnownElr brokers to look for if nobody else has all that is committed
 */
public record PartitionChangeRecord(
        Uuid topicId,
        int partitionId,
        Optional<List<Integer>> isr,
        OptionalInt leader,
        Optional<List<Integer>> replicas,
        Optional<List<Integer>> removing,
        Optional<List<Integer>> adding,
        Optional<Boolean> recovering,
        Optional<List<Uuid>> directories,
        Optional<List<Integer>> elr,
        Optional<List<Integer>> lastKnownElr)
        implements MetadataRecord {
    private static final int LEADER_UNCHANGED = -2;
    private static final byte RECOVERY_UNCHANGED = -1;

    /** A record that changes nothing yet but the partition epoch. */
    public static PartitionChangeRecord of(Uuid topicId, int partitionId) {
        return new PartitionChangeRecord(
                topicId,
                partitionId,
                Optional.empty(),
                OptionalInt.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty());
    }

    public PartitionChangeRecord withLeader(int newLeader) {
        return new PartitionChangeRecord(
                topicId,
                partitionId,
                isr,
                OptionalInt.of(newLeader),
                replicas,
                removing,
                adding,
                recovering,
                directories,
                elr,
                lastKnownElr);
    }

    public PartitionChangeRecord withIsr(List<Integer> newIsr) {
        return new PartitionChangeRecord(
                topicId,
                partitionId,
                Optional.of(List.copyOf(newIsr)),
                leader,
                replicas,
                removing,
                adding,
                recovering,
                directories,
                elr,
                lastKnownElr);
    }

    public PartitionChangeRecord withRecovering(boolean nowRecovering) {
        return new PartitionChangeRecord(
                topicId,
                partitionId,
                isr,
                leader,
                replicas,
                removing,
                adding,
                Optional.of(nowRecovering),
                directories,
                elr,
                lastKnownElr);
    }

    public PartitionChangeRecord withDirectories(List<Uuid> newDirectories) {
        return new PartitionChangeRecord(
                topicId,
                partitionId,
                isr,
                leader,
                replicas,
                removing,
                adding,
                recovering,
                Optional.of(List.copyOf(newDirectories)),
                elr,
                lastKnownElr);
    }

    /** @param newDirectories of each replica, in the order of the replicas */
    public PartitionChangeRecord withReplicas(List<Integer> newReplicas, List<Uuid> newDirectories) {
        return new PartitionChangeRecord(
                topicId,
                partitionId,
                isr,
                leader,
                Optional.of(List.copyOf(newReplicas)),
                removing,
                adding,
                recovering,
                Optional.of(List.copyOf(newDirectories)),
                elr,
                lastKnownElr);
    }

    public PartitionChangeRecord withRemoving(List<Integer> nowRemoving) {
        return new PartitionChangeRecord(
                topicId,
                partitionId,
                isr,
                leader,
                replicas,
                Optional.of(List.copyOf(nowRemoving)),
                adding,
                recovering,
                directories,
                elr,
                lastKnownElr);
    }

    public PartitionChangeRecord withAdding(List<Integer> nowAdding) {
        return new PartitionChangeRecord(
                topicId,
                partitionId,
                isr,
                leader,
                replicas,
                removing,
                Optional.of(List.copyOf(nowAdding)),
                recovering,
                directories,
                elr,
                lastKnownElr);
    }

    public PartitionChangeRecord withElr(List<Integer> newElr) {
        return new PartitionChangeRecord(
                topicId,
                partitionId,
                isr,
                leader,
                replicas,
                removing,
                adding,
                recovering,
                directories,
                Optional.of(List.copyOf(newElr)),
                lastKnownElr);
    }

    public PartitionChangeRecord withLastKnownElr(List<Integer> newLastKnownElr) {
        return new PartitionChangeRecord(
                topicId,
                partitionId,
                isr,
                leader,
                replicas,
                removing,
                adding,
                recovering,
                directories,
                elr,
                Optional.of(List.copyOf(newLastKnownElr)));
    }

    /** Whether nothing changes but the partition epoch. */
    public boolean isEmpty() {
        return isr.isEmpty()
                && leader.isEmpty()
                && replicas.isEmpty()
                && removing.isEmpty()
                && adding.isEmpty()
                && recovering.isEmpty()
                && directories.isEmpty()
                && elr.isEmpty()
                && lastKnownElr.isEmpty();
    }

    static PartitionChangeRecord of(org.apache.kafka.common.metadata.PartitionChangeRecord generated) {
        int leader = generated.leader();
        byte recovery = generated.leaderRecoveryState();
        return new PartitionChangeRecord(
                generated.topicId(),
                generated.partitionId(),
                unlessNull(generated.isr()),
                leader == LEADER_UNCHANGED ? OptionalInt.empty() : OptionalInt.of(leader),
                unlessNull(generated.replicas()),
                unlessNull(generated.removingReplicas()),
                unlessNull(generated.addingReplicas()),
                recovery == RECOVERY_UNCHANGED ? Optional.empty() : Optional.of(recovery != 0),
                unlessNull(generated.directories()),
                unlessNull(generated.eligibleLeaderReplicas()),
                unlessNull(generated.lastKnownElr()));
    }

    private static <T> Optional<List<T>> unlessNull(@Nullable List<T> changed) {
        return Optional.ofNullable(changed).map(List::copyOf);
    }

    @Override
    public RecordType type() {
        return RecordType.PARTITION_CHANGE;
    }

    @Override
    public org.apache.kafka.common.metadata.PartitionChangeRecord toGenerated() {
        return new org.apache.kafka.common.metadata.PartitionChangeRecord()
                .setPartitionId(partitionId)
                .setTopicId(topicId)
                .setIsr(isr.orElse(null))
                .setLeader(leader.orElse(LEADER_UNCHANGED))
                .setReplicas(replicas.orElse(null))
                .setRemovingReplicas(removing.orElse(null))
                .setAddingReplicas(adding.orElse(null))
                .setLeaderRecoveryState(recoveryState())
                .setDirectories(directories.orElse(null))
                .setEligibleLeaderReplicas(elr.orElse(null))
                .setLastKnownElr(lastKnownElr.orElse(null));
    }

    private byte recoveryState() {
        return recovering.map(now -> (byte) (now ? 1 : 0)).orElse(RECOVERY_UNCHANGED);
    }
}
