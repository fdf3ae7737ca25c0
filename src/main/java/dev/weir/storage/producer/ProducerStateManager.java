package dev.weir.storage.producer;

import dev.weir.storage.batch.AppendOrigin;
import dev.weir.storage.batch.AppendVerdict.Accepted;
import dev.weir.storage.batch.TransactionMarker;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.record.internal.RecordBatch;
import org.jspecify.annotations.Nullable;

/**
 * The idempotent and transactional producers of one log: which batch each may append next, which it has appended before,
 * and which transactions are open. Owned by the log's thread; uses no clock and no file.
 *
 * <p>A batch changes the state when it is staged ({@link #onAppend}), so that the next one of the same producer is checked
 * against it. What undoes a change is noted before the change is made, so that one that breaks off is undone as well. {@link
 * #settle} tells which staged batches are in the log; the effect of the others is undone. Memory is
 * bounded by {@link #removeExpired}.
 */
public final class ProducerStateManager implements ProducerStateHook {
    /** One change and what undoes it. */
    private record Staged(
            long baseOffset, long producerId, @Nullable ProducerEntry before, long begunTxn, long completedTxn) {}

    private final Map<Long, ProducerEntry> producers = new HashMap<>();
    private final OpenTransactions transactions = new OpenTransactions();
    private final Deque<Staged> staged = new ArrayDeque<>();

    /** As {@link #check(Accepted, AppendOrigin, boolean)}, for batches that hold no markers, or those of older transactions. */
    public ProducerCheck check(Accepted batch, AppendOrigin origin) {
        return check(batch, origin, false);
    }

    /**
     * Whether a validated batch may be staged now.
     *
     * @param strictEpoch whether a marker is of a transaction of version 2 or later, see {@link #checkMarker}
     */
    public ProducerCheck check(Accepted batch, AppendOrigin origin, boolean strictEpoch) {
        if (batch.producerId() < 0) {
            return ProducerCheck.OK;
        }
        if (batch.control()) {
            return origin == AppendOrigin.REPLICATION ? ProducerCheck.OK : checkMarker(batch, strictEpoch);
        }
        ProducerEntry known = known(batch.producerId());
        if (origin == AppendOrigin.CLIENT && batch.baseOffset() == 0) {
            ProducerCheck first = ProducerRules.firstOfLog(known, batch.baseSequence());
            if (first != ProducerCheck.OK) {
                return first;
            }
        }
        return ProducerRules.data(
                known,
                batch.producerEpoch(),
                batch.baseSequence(),
                batch.lastSequence(),
                batch.transactional(),
                origin);
    }

    private ProducerCheck checkMarker(Accepted batch, boolean strictEpoch) {
        return TransactionMarker.of(batch.bytes())
                .map(marker ->
                        checkMarker(batch.producerId(), batch.producerEpoch(), marker.coordinatorEpoch(), strictEpoch))
                .orElseGet(() -> new ProducerCheck.Rejected(Errors.INVALID_RECORD, "it ends no transaction"));
    }

    /**
     * Whether a coordinator may write this transaction marker now.
     *
     * @param strictEpoch whether the transaction is of version 2 or later, whose markers raise the epoch
     */
    public ProducerCheck checkMarker(long producerId, short epoch, int coordinatorEpoch, boolean strictEpoch) {
        return ProducerRules.marker(known(producerId), epoch, coordinatorEpoch, strictEpoch);
    }

    @Override
    public @Nullable AbortedTransaction onAppend(RecordBatch batch) {
        if (!batch.hasProducerId()) {
            return null;
        }
        if (batch.isControlBatch()) {
            Optional<TransactionMarker> marker = TransactionMarker.of(batch);
            if (marker.isPresent()) {
                return appendMarker(batch, marker.get());
            }
            if (!batch.iterator().hasNext()) {
                appendEmptied(batch);
            }
            return null;
        }
        appendData(batch);
        return null;
    }

    private void appendData(RecordBatch batch) {
        ProducerEntry before = producers.get(batch.producerId());
        ProducerEntry known = before == null ? ProducerEntry.unknown(batch.producerId()) : before;
        int delta = (int) (batch.lastOffset() - batch.baseOffset());
        BatchSpan span = new BatchSpan(batch.lastSequence(), batch.lastOffset(), delta, batch.maxTimestamp());
        ProducerEntry after = known.withBatch(batch.producerEpoch(), span, batch.isTransactional());
        long begun = after.inTransaction() && !known.inTransaction() ? after.currentTxnFirstOffset() : -1;
        staged.addLast(new Staged(batch.baseOffset(), batch.producerId(), before, begun, -1));
        if (begun >= 0) {
            transactions.begin(batch.producerId(), begun);
        }
        producers.put(batch.producerId(), after);
    }

    /** Compaction has taken the marker, since its transaction is gone, and left the epoch. */
    private void appendEmptied(RecordBatch batch) {
        long producerId = batch.producerId();
        ProducerEntry before = producers.get(producerId);
        ProducerEntry known = before == null ? ProducerEntry.unknown(producerId) : before;
        if (batch.producerEpoch() > known.epoch() && !known.inTransaction()) {
            staged.addLast(new Staged(batch.baseOffset(), producerId, before, -1, -1));
            producers.put(
                    producerId,
                    known.withMarker(batch.producerEpoch(), known.coordinatorEpoch(), batch.maxTimestamp()));
        }
    }

    private @Nullable AbortedTransaction appendMarker(RecordBatch batch, TransactionMarker marker) {
        long producerId = batch.producerId();
        ProducerEntry before = producers.get(producerId);
        ProducerEntry known = before == null ? ProducerEntry.unknown(producerId) : before;
        long first = known.currentTxnFirstOffset();
        staged.addLast(new Staged(batch.baseOffset(), producerId, before, -1, first));
        producers.put(
                producerId, known.withMarker(batch.producerEpoch(), marker.coordinatorEpoch(), marker.timestamp()));
        if (first < 0) {
            return null;
        }
        long stable = transactions.complete(producerId, first, batch.baseOffset());
        return marker.commit() ? null : new AbortedTransaction(producerId, first, batch.baseOffset(), stable);
    }

    @Override
    public void takeBack(long fromOffset) {
        while (!staged.isEmpty() && staged.getLast().baseOffset() >= fromOffset) {
            undo(staged.removeLast());
        }
    }

    @Override
    public void settle(long logEndOffset) {
        takeBack(logEndOffset);
        staged.clear();
    }

    private void undo(Staged change) {
        putBack(producers, change);
        if (change.begunTxn() >= 0) {
            transactions.takeBackBegin(change.begunTxn());
        }
        if (change.completedTxn() >= 0) {
            transactions.takeBackComplete(change.producerId(), change.completedTxn());
        }
    }

    private static void putBack(Map<Long, ProducerEntry> producers, Staged change) {
        if (change.before() == null) {
            producers.remove(change.producerId());
        } else {
            producers.put(change.producerId(), change.before());
        }
    }

    @Override
    public byte[] snapshot(long offset) {
        Map<Long, ProducerEntry> then = new TreeMap<>(producers);
        Iterator<Staged> newestFirst = staged.descendingIterator();
        while (newestFirst.hasNext()) {
            Staged change = newestFirst.next();
            if (change.baseOffset() < offset) {
                break;
            }
            putBack(then, change);
        }
        return ProducerSnapshot.encode(then.values());
    }

    @Override
    public boolean load(byte[] snapshot) {
        clear();
        Optional<List<ProducerEntry>> entries = ProducerSnapshot.decode(snapshot);
        entries.ifPresent(list -> list.forEach(entry -> {
            producers.put(entry.producerId(), entry);
            if (entry.inTransaction()) {
                transactions.begin(entry.producerId(), entry.currentTxnFirstOffset());
            }
        }));
        return entries.isPresent();
    }

    @Override
    public void clear() {
        producers.clear();
        transactions.clear();
        staged.clear();
    }

    /**
     * Forgets producers that have been idle for {@code producer.id.expiration.ms} and have no open transaction; answers
     * how many. To be called now and then, with nothing staged, and after the log was opened.
     */
    public int removeExpired(long nowMs, long expirationMs) {
        int before = producers.size();
        producers.values().removeIf(p -> !p.inTransaction() && nowMs - p.lastTimestamp() >= expirationMs);
        return before - producers.size();
    }

    /** Every producer known, in no order; a live view. */
    public Collection<ProducerEntry> activeProducers() {
        return Collections.unmodifiableCollection(producers.values());
    }

    /** What is known of one producer. */
    public Optional<ProducerEntry> producer(long producerId) {
        return Optional.ofNullable(producers.get(producerId));
    }

    /** Completed transactions below the high watermark no longer hold the last stable offset down. */
    public void onHighWatermark(long highWatermark) {
        transactions.forgetCompletedBelow(highWatermark);
    }

    @Override
    public void onLogStartOffset(long logStartOffset) {
        transactions.forgetCompletedBelow(logStartOffset);
    }

    /** The first offset of a transaction that is open, or ended above the high watermark; it bounds the last stable offset. */
    public OptionalLong firstUnstableOffset() {
        return transactions.firstUnstableOffset();
    }

    /**
     * Offset below which every transaction is decided. An open transaction that begins below the log's start holds it at the
     * start, so that it never lies below.
     *
     * @param highWatermark at least {@code logStartOffset}
     */
    public long lastStableOffset(long logStartOffset, long highWatermark) {
        long first = transactions.firstUnstableOffset().orElse(Long.MAX_VALUE);
        return Math.min(Math.max(first, logStartOffset), highWatermark);
    }

    /** The first offset of an open transaction; compaction stops there. */
    public OptionalLong firstUndecidedOffset() {
        return transactions.firstUndecidedOffset();
    }

    private ProducerEntry known(long producerId) {
        ProducerEntry entry = producers.get(producerId);
        return entry == null ? ProducerEntry.unknown(producerId) : entry;
    }
}
