package dev.weir.group.core;

import dev.weir.group.record.CoordinatorRecord;
import dev.weir.group.record.GroupRecord;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What one event led to. The records are already replayed into the core that returned them; the driver appends them as one
 * batch (one small append, whatever their number) and performs the effects in order. When the append fails, the driver takes
 * back what can be taken back, or drops the core, answers everything outstanding with an error and loads the shard again.
 *
 * @param records in order; empty where nothing durable changed
 * @param effects in order
 * @param producer null, or the transactional producer in whose name the records are appended
 * @param undo what makes the records undone, to be replayed in reverse order; null where nothing but a load does
 * @param work what it was, in numbers; it is counted when the records are committed, at once where there are none
 */
public record GroupOutcome(
        List<CoordinatorRecord> records,
        List<GroupEffect> effects,
        @Nullable Producer producer,
        @Nullable List<GroupRecord.OffsetCommit> undo,
        Work work) {
    /**
     * What an event led to, to be counted.
     *
     * @param commits offsets committed
     * @param classicRebalances generations begun
     * @param consumerRebalances group epochs begun
     */
    public record Work(int commits, int classicRebalances, int consumerRebalances) {
        public static final Work NONE = new Work(0, 0, 0);

        public Work plus(Work other) {
            return new Work(
                    commits + other.commits,
                    classicRebalances + other.classicRebalances,
                    consumerRebalances + other.consumerRebalances);
        }
    }

    /** A transactional producer as it named itself in the request. */
    public record Producer(long producerId, short producerEpoch) {}

    public GroupOutcome(List<CoordinatorRecord> records, List<GroupEffect> effects) {
        this(records, effects, null, records.isEmpty() ? List.of() : null, Work.NONE);
    }

    /** Nothing to write, nothing to do. */
    public static final GroupOutcome NOTHING = new GroupOutcome(List.of(), List.of());
}
