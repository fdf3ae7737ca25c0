package dev.weir.group.core;

import dev.weir.group.core.GroupEffect.CancelTimer;
import dev.weir.group.core.GroupEffect.Reply;
import dev.weir.group.core.GroupEffect.StartTimer;
import dev.weir.group.core.GroupEffect.TimerKey;
import dev.weir.group.record.CoordinatorRecord;
import dev.weir.group.record.GroupRecord;
import dev.weir.group.record.GroupRecordCodec;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.apache.kafka.common.protocol.ApiMessage;
import org.jspecify.annotations.Nullable;

/**
 * Collects what the handling of one event decides. A record is replayed the moment it is written, so that durable state
 * changes in one way only, live and at load.
 */
public final class GroupOutput {
    private final Consumer<GroupRecord> replay;
    private final UnaryOperator<GroupRecord.OffsetCommit> before;
    private final List<CoordinatorRecord> records = new ArrayList<>();
    private final List<GroupEffect> effects = new ArrayList<>();

    private GroupOutcome.@Nullable Producer producer;
    private int commits;
    private int classicRebalances;
    private int consumerRebalances;
    private @Nullable List<GroupRecord.OffsetCommit> undo = new ArrayList<>();

    /** @param before gives the record that would make this one undone */
    public GroupOutput(Consumer<GroupRecord> replay, UnaryOperator<GroupRecord.OffsetCommit> before) {
        this.replay = replay;
        this.before = before;
    }

    public void write(GroupRecord record) {
        records.add(GroupRecordCodec.encode(record));
        count(record);
        if (!(record instanceof GroupRecord.OffsetCommit offset)) {
            undo = null;
        } else if (undo != null) {
            undo.add(before.apply(offset));
        }
        replay.accept(record);
    }

    private void count(GroupRecord record) {
        if (record instanceof GroupRecord.OffsetCommit offset && offset.value() != null) {
            commits++;
        } else if (record instanceof GroupRecord.ConsumerGroupEpoch epoch && epoch.value() != null) {
            consumerRebalances++;
        }
    }

    /** A classic group has begun a generation. */
    public void rebalanced() {
        classicRebalances++;
    }

    /** Offsets within a transaction: durable with this append, in force with the transaction's marker. */
    public void writeTransactional(GroupOutcome.Producer by, List<GroupRecord.OffsetCommit> offsets) {
        offsets.forEach(offset -> records.add(GroupRecordCodec.encode(offset)));
        commits += offsets.size();
        producer = by;
        undo = null;
    }

    public void reply(long requestId, ApiMessage response) {
        effects.add(new Reply(requestId, response));
    }

    public void startTimer(TimerKey key, long delayMs) {
        effects.add(new StartTimer(key, Math.max(0, delayMs)));
    }

    public void cancelTimer(TimerKey key) {
        effects.add(new CancelTimer(key));
    }

    public GroupOutcome outcome() {
        return records.isEmpty() && effects.isEmpty()
                ? GroupOutcome.NOTHING
                : new GroupOutcome(
                        List.copyOf(records),
                        List.copyOf(effects),
                        producer,
                        undo,
                        new GroupOutcome.Work(commits, classicRebalances, consumerRebalances));
    }
}
