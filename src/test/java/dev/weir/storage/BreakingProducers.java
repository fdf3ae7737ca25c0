package dev.weir.storage;

import dev.weir.storage.producer.AbortedTransaction;
import dev.weir.storage.producer.ProducerStateHook;
import org.apache.kafka.common.record.internal.RecordBatch;
import org.jspecify.annotations.Nullable;

/** Producer state that runs out of memory when it is told to, and forgets what a {@link LogMistake} says. */
final class BreakingProducers implements ProducerStateHook {
    /** What is thrown; nothing else is. */
    static final class Broken extends OutOfMemoryError {
        private static final long serialVersionUID = 1L;

        Broken() {
            super("for the test");
        }
    }

    private final ProducerStateHook target;
    private final LogMistake mistake;
    private int left = Integer.MAX_VALUE;
    private boolean after;

    BreakingProducers(ProducerStateHook target, LogMistake mistake) {
        this.target = target;
        this.mistake = mistake;
    }

    /** Breaks at one of the next batches: before it is taken in, or just after. */
    void breakAt(int batch, boolean afterwards) {
        left = batch;
        after = afterwards;
    }

    void heal() {
        left = Integer.MAX_VALUE;
    }

    @Override
    public @Nullable AbortedTransaction onAppend(RecordBatch batch) {
        boolean breaks = left-- == 0;
        if (breaks && !after) {
            throw new Broken();
        }
        AbortedTransaction aborted = target.onAppend(batch);
        if (breaks) {
            throw new Broken();
        }
        return aborted;
    }

    @Override
    public void takeBack(long fromOffset) {
        if (!mistake.forgetsTakeBack()) {
            target.takeBack(fromOffset);
        }
    }

    @Override
    public void settle(long logEndOffset) {
        target.settle(logEndOffset);
    }

    @Override
    public byte[] snapshot(long offset) {
        return target.snapshot(offset);
    }

    @Override
    public boolean load(byte[] snapshot) {
        return target.load(snapshot);
    }

    @Override
    public void onLogStartOffset(long logStartOffset) {
        if (!mistake.forgetsLogStart()) {
            target.onLogStartOffset(logStartOffset);
        }
    }

    @Override
    public void clear() {
        target.clear();
    }
}
