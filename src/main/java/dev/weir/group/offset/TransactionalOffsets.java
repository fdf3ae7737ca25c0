package dev.weir.group.offset;

import dev.weir.group.record.GroupRecord;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Offsets that were committed within transactions which have not ended. They come into force with the transaction's commit
 * marker and are forgotten with its abort marker; until then a reader that asks for stable offsets must wait.
 */
public final class TransactionalOffsets {
    private final Map<Long, Map<OffsetKey, GroupRecord.OffsetCommit>> byProducer = new HashMap<>();
    private final Map<OffsetKey, Integer> producers = new HashMap<>();

    public void replay(long producerId, GroupRecord.OffsetCommit record) {
        OffsetKey key = new OffsetKey(record.groupId(), record.topic(), record.partition());
        Map<OffsetKey, GroupRecord.OffsetCommit> open =
                byProducer.computeIfAbsent(producerId, id -> new LinkedHashMap<>());
        if (open.put(key, record) == null) {
            producers.merge(key, 1, Integer::sum);
        }
    }

    /** The transaction's marker: hands its offsets over, in the order in which they were first written, or drops them. */
    public void end(long producerId, boolean committed, Consumer<GroupRecord.OffsetCommit> sink) {
        Map<OffsetKey, GroupRecord.OffsetCommit> open = byProducer.remove(producerId);
        if (open == null) {
            return;
        }
        open.forEach((key, record) -> {
            producers.computeIfPresent(key, (k, n) -> n == 1 ? null : n - 1);
            if (committed) {
                sink.accept(record);
            }
        });
    }

    boolean isPending(String groupId, String topic, int partition) {
        return !producers.isEmpty() && producers.containsKey(new OffsetKey(groupId, topic, partition));
    }

    boolean hasPending(String groupId) {
        return producers.keySet().stream().anyMatch(key -> key.groupId().equals(groupId));
    }
}
