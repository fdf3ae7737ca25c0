package dev.weir.metadata.record;

import dev.weir.protocol.FieldReader;
import dev.weir.protocol.FieldWriter;
import dev.weir.protocol.TagWriter;
import dev.weir.protocol.Tagged;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.apache.kafka.common.Uuid;

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
        Optional<List<Uuid>> directories)
        implements MetadataRecord {
    private static final int ISR_TAG = 0;
    private static final int LEADER_TAG = 1;
    private static final int REPLICAS_TAG = 2;
    private static final int REMOVING_TAG = 3;
    private static final int ADDING_TAG = 4;
    private static final int RECOVERY_TAG = 5;
    private static final int DIRECTORIES_TAG = 8;
    private static final int LEADER_UNCHANGED = -2;
    private static final int RECOVERY_UNCHANGED = -1;

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
                directories);
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
                directories);
    }

    public PartitionChangeRecord withRecovering(boolean nowRecovering) {
        return new PartitionChangeRecord(
                topicId, partitionId, isr, leader, replicas, removing, adding, Optional.of(nowRecovering), directories);
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
                Optional.of(List.copyOf(newDirectories)));
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
                Optional.of(List.copyOf(newDirectories)));
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
                directories);
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
                directories);
    }

    static PartitionChangeRecord read(FieldReader in) {
        int partitionId = in.int32();
        Uuid topicId = in.uuid();
        Tagged<Optional<List<Integer>>> isr = new Tagged<>(Optional.empty());
        Tagged<Integer> leader = new Tagged<>(LEADER_UNCHANGED);
        Tagged<Optional<List<Integer>>> replicas = new Tagged<>(Optional.empty());
        Tagged<Optional<List<Integer>>> removing = new Tagged<>(Optional.empty());
        Tagged<Optional<List<Integer>>> adding = new Tagged<>(Optional.empty());
        Tagged<Byte> recovery = new Tagged<>((byte) RECOVERY_UNCHANGED);
        Tagged<Optional<List<Uuid>>> directories = new Tagged<>(Optional.empty());
        in.tags(Map.of(
                ISR_TAG, () -> isr.set(Optional.of(in.compactInts())),
                LEADER_TAG, () -> leader.set(in.int32()),
                REPLICAS_TAG, () -> replicas.set(Optional.of(in.compactInts())),
                REMOVING_TAG, () -> removing.set(Optional.of(in.compactInts())),
                ADDING_TAG, () -> adding.set(Optional.of(in.compactInts())),
                RECOVERY_TAG, () -> recovery.set(in.int8()),
                DIRECTORIES_TAG, () -> directories.set(Optional.of(in.compactUuids()))));
        return new PartitionChangeRecord(
                topicId,
                partitionId,
                isr.get(),
                leader.get() == LEADER_UNCHANGED ? OptionalInt.empty() : OptionalInt.of(leader.get()),
                replicas.get(),
                removing.get(),
                adding.get(),
                recovery.get() == RECOVERY_UNCHANGED ? Optional.empty() : Optional.of(recovery.get() != 0),
                directories.get());
    }

    @Override
    public RecordType type() {
        return RecordType.PARTITION_CHANGE;
    }

    @Override
    public void writeTo(FieldWriter out) {
        out.int32(partitionId);
        out.uuid(topicId);
        new TagWriter()
                .add(isr.isPresent(), ISR_TAG, tag -> tag.compactInts(isr.orElseThrow()))
                .add(leader.isPresent(), LEADER_TAG, tag -> tag.int32(leader.orElseThrow()))
                .add(replicas.isPresent(), REPLICAS_TAG, tag -> tag.compactInts(replicas.orElseThrow()))
                .add(removing.isPresent(), REMOVING_TAG, tag -> tag.compactInts(removing.orElseThrow()))
                .add(adding.isPresent(), ADDING_TAG, tag -> tag.compactInts(adding.orElseThrow()))
                .add(recovering.isPresent(), RECOVERY_TAG, tag -> tag.bool(recovering.orElseThrow()))
                .add(directories.isPresent(), DIRECTORIES_TAG, tag -> tag.compactUuids(directories.orElseThrow()))
                .writeTo(out);
    }
}
