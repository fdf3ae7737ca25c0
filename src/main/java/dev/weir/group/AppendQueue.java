package dev.weir.group;

import dev.weir.group.core.GroupEffect.Reply;
import dev.weir.group.core.GroupOutcome;
import dev.weir.group.record.CoordinatorRecord;
import dev.weir.group.record.GroupRecord;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.List;
import java.util.function.IntSupplier;
import java.util.function.LongPredicate;
import org.jspecify.annotations.Nullable;

/**
 * What waits to be appended, and the replies that wait with it. One append is under way at a time; what comes meanwhile is
 * gathered into the next, so that many small commits share a batch. A reply leaves when everything before it is committed:
 * after a load that is also what was loaded.
 */
final class AppendQueue {
    private final IntSupplier maxBatchBytes;
    private final Deque<Chunk> chunks = new ArrayDeque<>();
    private @Nullable Chunk inFlight;
    /** The replies that wait for what was loaded, null once that is committed. */
    private @Nullable List<Reply> loaded;

    /** Records that are appended as one batch. */
    static final class Chunk {
        final List<CoordinatorRecord> records = new ArrayList<>();
        final List<Reply> replies = new ArrayList<>();
        final GroupOutcome.@Nullable Producer producer;
        private final List<GroupRecord.OffsetCommit> undo = new ArrayList<>();
        private boolean undoable = true;
        private GroupOutcome.Work work = GroupOutcome.Work.NONE;
        private int bytes;

        Chunk(GroupOutcome.@Nullable Producer producer) {
            this.producer = producer;
        }

        /** What the records came of, to be counted once they are committed. */
        GroupOutcome.Work work() {
            return work;
        }

        private void take(@Nullable List<GroupRecord.OffsetCommit> own) {
            if (own == null) {
                undoable = false;
            } else {
                undo.addAll(own);
            }
        }
    }

    /**
     * What undoes everything that is not committed, to be replayed in reverse order; null where nothing but a load does.
     */
    @Nullable
    List<GroupRecord.OffsetCommit> undo() {
        List<GroupRecord.OffsetCommit> all = new ArrayList<>();
        for (Chunk chunk : uncommitted()) {
            if (!chunk.undoable) {
                return null;
            }
            all.addAll(chunk.undo);
        }
        return all;
    }

    /** The requests whose replies wait for the append under way, in their order. */
    List<Long> underWay() {
        return inFlight == null ? List.of() : requests(List.of(inFlight));
    }

    /** The requests whose replies wait for appends that are to come, in their order. */
    List<Long> behind() {
        return requests(chunks);
    }

    private static List<Long> requests(Collection<Chunk> chunks) {
        return chunks.stream()
                .flatMap(chunk -> chunk.replies.stream())
                .map(Reply::requestId)
                .toList();
    }

    private List<Chunk> uncommitted() {
        List<Chunk> all = new ArrayList<>();
        if (inFlight != null) {
            all.add(inFlight);
        }
        all.addAll(chunks);
        return all;
    }

    /** @param maxBatchBytes a batch takes in no more records above this; the records of one outcome are never parted */
    AppendQueue(IntSupplier maxBatchBytes) {
        this.maxBatchBytes = maxBatchBytes;
    }

    /** Takes in an outcome; its replies are returned where nothing holds them back. */
    List<Reply> add(GroupOutcome outcome) {
        if (!outcome.records().isEmpty()) {
            int bytes =
                    outcome.records().stream().mapToInt(OffsetsBatches::sizeOf).sum();
            Chunk chunk = chunkFor(outcome.producer(), bytes);
            chunk.records.addAll(outcome.records());
            chunk.bytes += bytes;
            chunk.take(outcome.undo());
            chunk.work = chunk.work.plus(outcome.work());
        }
        List<Reply> replies = outcome.effects().stream()
                .filter(Reply.class::isInstance)
                .map(Reply.class::cast)
                .toList();
        Chunk last = chunks.isEmpty() ? inFlight : chunks.getLast();
        List<Reply> waiting = last == null ? loaded : last.replies;
        if (waiting == null) {
            return replies;
        }
        waiting.addAll(replies);
        return List.of();
    }

    /** What was loaded is not committed yet: replies wait until {@link #loadedCommitted}, or until an append is committed. */
    void awaitLoaded() {
        loaded = new ArrayList<>();
    }

    boolean awaitsLoaded() {
        return loaded != null;
    }

    /** What was loaded is committed: the replies that waited for it. */
    List<Reply> loadedCommitted() {
        List<Reply> free = loaded == null ? List.of() : loaded;
        loaded = null;
        return free;
    }

    /** Takes away those replies to these requests that wait for what was loaded, and returns the requests. */
    List<Long> dropAwaitingLoaded(LongPredicate requests) {
        if (loaded == null) {
            return List.of();
        }
        List<Long> dropped =
                loaded.stream().map(Reply::requestId).filter(requests::test).toList();
        loaded.removeIf(reply -> requests.test(reply.requestId()));
        return dropped;
    }

    private Chunk chunkFor(GroupOutcome.@Nullable Producer producer, int bytes) {
        Chunk last = chunks.peekLast();
        if (last == null
                || producer != null
                || last.producer != null
                || last.bytes + bytes > maxBatchBytes.getAsInt()) {
            last = new Chunk(producer);
            chunks.add(last);
        }
        return last;
    }

    /** The next batch to append, or null where one is under way or there is none. */
    @Nullable
    Chunk begin() {
        if (inFlight != null) {
            return null;
        }
        inFlight = chunks.poll();
        return inFlight;
    }

    /** The append under way is committed, and so is everything before it: its replies may leave. */
    Chunk committed() {
        Chunk done = inFlight;
        if (done == null) {
            throw new IllegalStateException("no append is under way");
        }
        inFlight = null;
        done.replies.addAll(0, loadedCommitted());
        return done;
    }

    /** Forgets what is not committed; what waits for a load only goes on to wait. */
    void dropUncommitted() {
        chunks.clear();
        inFlight = null;
    }

    void clear() {
        dropUncommitted();
        loaded = null;
    }
}
