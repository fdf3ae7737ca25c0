package dev.weir.group.offset;

import dev.weir.group.record.CommittedOffset;
import java.util.Arrays;
import org.apache.kafka.common.Uuid;
import org.jspecify.annotations.Nullable;

/**
 * The committed offsets of one topic in one group, as two arrays in ascending order of the partition: a few bytes more per
 * entry than the entry itself. {@code partitions[0..size)} is strictly ascending.
 */
final class PartitionOffsets {
    private int[] partitions = new int[4];
    private CommittedOffset[] offsets = new CommittedOffset[4];
    private int size;

    interface Visitor {
        void visit(int partition, CommittedOffset offset);
    }

    int size() {
        return size;
    }

    @Nullable
    CommittedOffset get(int partition) {
        int at = Arrays.binarySearch(partitions, 0, size, partition);
        return at < 0 ? null : offsets[at];
    }

    void put(int partition, CommittedOffset offset) {
        int at = Arrays.binarySearch(partitions, 0, size, partition);
        if (at >= 0) {
            offsets[at] = shareTopicId(offset, offsets[at].topicId());
            return;
        }
        int to = -at - 1;
        if (size == partitions.length) {
            partitions = Arrays.copyOf(partitions, size * 2);
            offsets = Arrays.copyOf(offsets, size * 2);
        }
        System.arraycopy(partitions, to, partitions, to + 1, size - to);
        System.arraycopy(offsets, to, offsets, to + 1, size - to);
        partitions[to] = partition;
        offsets[to] = size == 0 ? offset : shareTopicId(offset, offsets[to == 0 ? 1 : 0].topicId());
        size++;
    }

    void remove(int partition) {
        int at = Arrays.binarySearch(partitions, 0, size, partition);
        if (at >= 0) {
            size--;
            System.arraycopy(partitions, at + 1, partitions, at, size - at);
            System.arraycopy(offsets, at + 1, offsets, at, size - at);
        }
    }

    /** In ascending order; the visitor must not change these offsets. */
    void forEach(Visitor visitor) {
        for (int i = 0; i < size; i++) {
            visitor.visit(partitions[i], offsets[i]);
        }
    }

    /** All entries of a topic mostly carry the same id: one object serves them all. */
    private static CommittedOffset shareTopicId(CommittedOffset offset, Uuid known) {
        return offset.topicId() != known && offset.topicId().equals(known)
                ? new CommittedOffset(
                        offset.offset(),
                        offset.leaderEpoch(),
                        offset.metadata(),
                        offset.commitTimestampMs(),
                        offset.expireTimestampMs(),
                        known)
                : offset;
    }
}
