package dev.weir.storage.producer;

import org.apache.kafka.common.record.internal.RecordBatch;
import org.jspecify.annotations.Nullable;

/**
 * What a log needs of the producer state kept beside it: the log feeds it every batch with a producer id in offset order,
 * keeps its snapshots with the segments and restores it. Owned by the log's thread.
 */
public interface ProducerStateHook {
    /**
     * Takes in a batch that has a producer id. Called when the batch is staged, and again for every batch above the
     * restored snapshot when the state is rebuilt.
     *
     * @return the transaction that an abort marker ended, else null
     */
    @Nullable
    AbortedTransaction onAppend(RecordBatch batch);

    /** Undoes the effect of the batches at or above an offset, which are not to be staged after all; the others stay staged. */
    void takeBack(long fromOffset);

    /**
     * Tells which staged batches are in the log: the effect of those at or above {@code logEndOffset} is undone, that of
     * the others kept for good.
     */
    void settle(long logEndOffset);

    /** The state as the content of {@code <offset>.snapshot}, covering every batch below {@code offset}. */
    byte[] snapshot(long offset);

    /** Replaces the state by that of a snapshot; answers false, with the state empty, when the bytes are damaged. */
    boolean load(byte[] snapshot);

    /** The log starts here now: transactions that ended below are gone. Open ones stay, as they may go on above. */
    void onLogStartOffset(long logStartOffset);

    /** Forgets everything. */
    void clear();

    /** For logs without producers, such as the metadata log: no snapshots are kept and nothing is replayed. */
    ProducerStateHook NONE = new ProducerStateHook() {
        @Override
        public @Nullable AbortedTransaction onAppend(RecordBatch batch) {
            return null;
        }

        @Override
        public void takeBack(long fromOffset) {}

        @Override
        public void settle(long logEndOffset) {}

        @Override
        public byte[] snapshot(long offset) {
            return new byte[0];
        }

        @Override
        public boolean load(byte[] snapshot) {
            return true;
        }

        @Override
        public void onLogStartOffset(long logStartOffset) {}

        @Override
        public void clear() {}
    };
}
