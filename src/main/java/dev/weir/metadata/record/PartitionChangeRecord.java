package dev.weir.metadata.record;

import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Consumer;
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
        return with(draft -> draft.leader = OptionalInt.of(newLeader));
    }

    public PartitionChangeRecord withIsr(List<Integer> newIsr) {
        return with(draft -> draft.isr = Optional.of(List.copyOf(newIsr)));
    }

    public PartitionChangeRecord withRecovering(boolean nowRecovering) {
        return with(draft -> draft.recovering = Optional.of(nowRecovering));
    }

    public PartitionChangeRecord withDirectories(List<Uuid> newDirectories) {
        return with(draft -> draft.directories = Optional.of(List.copyOf(newDirectories)));
    }

    /** @param newDirectories of each replica, in the order of the replicas */
    public PartitionChangeRecord withReplicas(List<Integer> newReplicas, List<Uuid> newDirectories) {
        return with(draft -> {
            draft.replicas = Optional.of(List.copyOf(newReplicas));
            draft.directories = Optional.of(List.copyOf(newDirectories));
        });
    }

    public PartitionChangeRecord withRemoving(List<Integer> nowRemoving) {
        return with(draft -> draft.removing = Optional.of(List.copyOf(nowRemoving)));
    }

    public PartitionChangeRecord withAdding(List<Integer> nowAdding) {
        return with(draft -> draft.adding = Optional.of(List.copyOf(nowAdding)));
    }

    public PartitionChangeRecord withElr(List<Integer> newElr) {
        return with(draft -> draft.elr = Optional.of(List.copyOf(newElr)));
    }

    public PartitionChangeRecord withLastKnownElr(List<Integer> newLastKnownElr) {
        return with(draft -> draft.lastKnownElr = Optional.of(List.copyOf(newLastKnownElr)));
    }

    private PartitionChangeRecord with(Consumer<Draft> change) {
        Draft draft = new Draft(this);
        change.accept(draft);
        return new PartitionChangeRecord(
                topicId,
                partitionId,
                draft.isr,
                draft.leader,
                draft.replicas,
                draft.removing,
                draft.adding,
                draft.recovering,
                draft.directories,
                draft.elr,
                draft.lastKnownElr);
    }

    /** The fields of a record that is being made from another. */
    private static final class Draft {
        private Optional<List<Integer>> isr;
        private OptionalInt leader;
        private Optional<List<Integer>> replicas;
        private Optional<List<Integer>> removing;
        private Optional<List<Integer>> adding;
        private Optional<Boolean> recovering;
        private Optional<List<Uuid>> directories;
        private Optional<List<Integer>> elr;
        private Optional<List<Integer>> lastKnownElr;

        Draft(PartitionChangeRecord from) {
            isr = from.isr;
            leader = from.leader;
            replicas = from.replicas;
            removing = from.removing;
            adding = from.adding;
            recovering = from.recovering;
            directories = from.directories;
            elr = from.elr;
            lastKnownElr = from.lastKnownElr;
        }
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
