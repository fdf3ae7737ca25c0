package dev.weir.storage;

import dev.weir.storage.producer.AbortedTransaction;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.common.record.internal.ControlRecordType;
import org.apache.kafka.common.record.internal.Record;
import org.apache.kafka.common.record.internal.RecordBatch;

/**
 * Follows the transactions of a log as its batches pass in offset order: which data was aborted, and which markers no data
 * needs any more. A marker is needed as long as a batch of its transaction was seen, even one that is removed in the same
 * pass. One instance serves one pass.
 */
final class CleanedTransactions {
    private static final class Aborted {
        private final AbortedTransaction txn;
        private boolean batchSeen;

        Aborted(AbortedTransaction txn) {
            this.txn = txn;
        }
    }

    private final Deque<AbortedTransaction> ahead;
    private final Map<Long, Aborted> ongoingAborted = new HashMap<>();
    private final Set<Long> ongoingCommitted = new HashSet<>();
    private List<AbortedTransaction> retained = new ArrayList<>(0);

    /** @param aborted every aborted transaction that reaches into the range of the pass */
    CleanedTransactions(List<AbortedTransaction> aborted) {
        List<AbortedTransaction> sorted = new ArrayList<>(aborted);
        sorted.sort(Comparator.comparingLong(AbortedTransaction::firstOffset));
        this.ahead = new ArrayDeque<>(sorted);
    }

    /** Takes in a data batch; answers whether its transaction was aborted, so that nobody reads it. */
    boolean isAborted(RecordBatch batch) {
        advanceTo(batch.lastOffset());
        if (!batch.isTransactional()) {
            return false;
        }
        Aborted aborted = ongoingAborted.get(batch.producerId());
        if (aborted == null) {
            ongoingCommitted.add(batch.producerId());
            return false;
        }
        aborted.batchSeen = true;
        return true;
    }

    /** Takes in a control batch; answers whether it may go once its delete horizon is past. */
    boolean isNeedless(RecordBatch control) {
        advanceTo(control.lastOffset());
        Iterator<Record> records = control.iterator();
        if (!records.hasNext()) {
            return true;
        }
        return switch (ControlRecordType.parse(records.next().key())) {
            case ABORT -> endAborted(control.producerId());
            case COMMIT -> !ongoingCommitted.remove(control.producerId());
            default -> false;
        };
    }

    private boolean endAborted(long producerId) {
        Aborted aborted = ongoingAborted.remove(producerId);
        // A batch that the index does not name: without its marker the transaction would seem open for ever.
        boolean otherSeen = ongoingCommitted.remove(producerId);
        if (aborted == null || !aborted.batchSeen) {
            return !otherSeen;
        }
        retained.add(aborted.txn);
        return false;
    }

    /** Hands over the aborted transactions that readers still need to know, of the batches passed since the last call. */
    List<AbortedTransaction> takeRetained() {
        List<AbortedTransaction> taken = retained;
        retained = new ArrayList<>(0);
        return taken;
    }

    private void advanceTo(long offset) {
        while (!ahead.isEmpty() && ahead.getFirst().firstOffset() <= offset) {
            AbortedTransaction txn = ahead.removeFirst();
            ongoingAborted.putIfAbsent(txn.producerId(), new Aborted(txn));
        }
    }
}
