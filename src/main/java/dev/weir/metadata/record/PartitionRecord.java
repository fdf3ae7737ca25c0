package dev.weir.metadata.record;

import dev.weir.metadata.DirectoryId;
import dev.weir.protocol.FieldReader;
import dev.weir.protocol.FieldWriter;
import dev.weir.protocol.TagWriter;
import dev.weir.protocol.Tagged;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.Uuid;

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
        boolean recovering)
        implements MetadataRecord {
    /** The id of a log directory that is not known: partitions moved from a version that did not record it. */
    private static final int RECOVERY_TAG = 0;

    public PartitionRecord {
        replicas = List.copyOf(replicas);
        isr = List.copyOf(isr);
        removing = List.copyOf(removing);
        adding = List.copyOf(adding);
        directories = List.copyOf(directories);
    }

    static PartitionRecord read(FieldReader in, int version) {
        int partitionId = in.int32();
        Uuid topicId = in.uuid();
        List<Integer> replicas = in.compactInts();
        List<Integer> isr = in.compactInts();
        List<Integer> removing = in.compactInts();
        List<Integer> adding = in.compactInts();
        int leader = in.int32();
        int leaderEpoch = in.int32();
        int partitionEpoch = in.int32();
        List<Uuid> directories =
                version >= 1 ? in.compactUuids() : Collections.nCopies(replicas.size(), DirectoryId.MIGRATING);
        Tagged<Boolean> recovering = new Tagged<>(false);
        in.tags(Map.of(RECOVERY_TAG, () -> recovering.set(in.int8() != 0)));
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
                recovering.get());
    }

    @Override
    public RecordType type() {
        return RecordType.PARTITION;
    }

    @Override
    public void writeTo(FieldWriter out) {
        out.int32(partitionId);
        out.uuid(topicId);
        out.compactInts(replicas);
        out.compactInts(isr);
        out.compactInts(removing);
        out.compactInts(adding);
        out.int32(leader);
        out.int32(leaderEpoch);
        out.int32(partitionEpoch);
        out.compactUuids(directories);
        new TagWriter().add(recovering, RECOVERY_TAG, tag -> tag.int8(1)).writeTo(out);
    }
}
