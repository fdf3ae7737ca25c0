package dev.weir.storage;

import dev.weir.storage.producer.AbortedTransaction;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Set;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.MutableRecordBatch;

/** Rebuilds the producer state of a log: the newest whole snapshot, then every batch above it. */
final class ProducerReplay {
    private final LogState log;

    ProducerReplay(LogState log) {
        this.log = log;
    }

    /** Brings the state to the log end offset. */
    void run(List<String> notes) throws IOException {
        run(log.logEndOffset, Set.of(), Set.of(), notes);
    }

    /**
     * @param restoreAtMost the snapshot to start from must not be above this offset
     * @param rebuildTxn segments whose transaction index is to be made anew
     * @param withoutProducers segments known to hold no batch with a producer id
     */
    void run(long restoreAtMost, Set<LogSegment> rebuildTxn, Set<LogSegment> withoutProducers, List<String> notes)
            throws IOException {
        if (!log.tracksProducers()) {
            return;
        }
        long from = log.snapshots.restore(log.producers, restoreAtMost, 0, notes);
        log.snapshots.removeFrom(from + 1);
        from = Math.max(from, log.segments.firstKey());
        for (LogSegment segment : List.copyOf(
                log.segments.tailMap(log.segmentFor(from).baseOffset(), true).values())) {
            long base = segment.baseOffset();
            if (base > from && !log.snapshots.offsets().contains(base)) {
                log.snapshots.write(base, log.producers.snapshot(base), true);
            }
            boolean rebuild = rebuildTxn.contains(segment);
            if (rebuild) {
                segment.txnIndex().reset();
            }
            if (!withoutProducers.contains(segment)) {
                replay(segment, from, rebuild);
            }
        }
        log.producers.onLogStartOffset(log.logStartOffset);
    }

    private void replay(LogSegment segment, long from, boolean rebuildTxn) throws IOException {
        BatchScanner scanner = segment.locate(from);
        if (scanner == null) {
            return;
        }
        do {
            if (scanner.hasProducerId()) {
                AbortedTransaction aborted = log.producers.onAppend(batchOf(scanner.batch()));
                log.producers.settle(scanner.lastOffset() + 1);
                if (aborted != null && rebuildTxn) {
                    segment.txnIndex().append(aborted);
                }
            }
        } while (scanner.next());
    }

    static MutableRecordBatch batchOf(ByteBuffer bytes) {
        return MemoryRecords.readableRecords(bytes).batches().iterator().next();
    }
}
