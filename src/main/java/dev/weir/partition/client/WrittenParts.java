package dev.weir.partition.client;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The parts of one append that went to several shards: tells the sender when the last of them is written, if the answer is
 * still to come. Shared by the shards' threads and the sender's.
 */
final class WrittenParts {
    private final Runnable written;
    /** Parts that may still be staged, and one for as long as parts are added. */
    private final AtomicInteger staged = new AtomicInteger(1);

    private final AtomicInteger unanswered = new AtomicInteger();

    WrittenParts(Runnable written) {
        this.written = written;
    }

    Part add() {
        staged.incrementAndGet();
        unanswered.incrementAndGet();
        return new Part();
    }

    /** No part will be added. */
    void all() {
        end();
    }

    private void end() {
        if (staged.decrementAndGet() == 0 && unanswered.get() > 0) {
            written.run();
        }
    }

    /** One part, until it is written or answered; it runs when it is written. */
    final class Part implements Runnable {
        private final AtomicBoolean ended = new AtomicBoolean();

        private Part() {}

        @Override
        public void run() {
            if (!ended.getAndSet(true)) {
                end();
            }
        }

        void answered() {
            unanswered.decrementAndGet();
            run();
        }
    }
}
