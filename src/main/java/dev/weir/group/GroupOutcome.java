package dev.weir.group;

import java.util.List;

/**
 * What one event led to. The records are already replayed into the core that returned them; the driver appends them as one
 * batch (one small append, whatever their number) and performs the effects in order. When the append fails, the driver drops
 * the core, answers everything outstanding with an error and loads the shard again from the log.
 *
 * @param records in order; empty where nothing durable changed
 * @param effects in order
 */
public record GroupOutcome(List<CoordinatorRecord> records, List<GroupEffect> effects) {
    /** Nothing to write, nothing to do. */
    public static final GroupOutcome NOTHING = new GroupOutcome(List.of(), List.of());
}
