package dev.weir.controller.log;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.function.Consumer;
import org.apache.kafka.common.KafkaException;

/** Reads the log batch by batch. */
final class LogWalk {
    private static final int READ_BYTES = 1024 * 1024;

    private final MetadataLogStore store;

    LogWalk(MetadataLogStore store) {
        this.store = store;
    }

    /** Hands over each batch from the one at {@code offset} to the end. */
    void from(long offset, Consumer<LoggedBatch> to) throws IOException {
        long next = offset;
        while (next < store.endOffset()) {
            ByteBuffer some = store.read(next, READ_BYTES);
            try {
                for (LoggedBatch batch : MetadataBatches.parse(some)) {
                    if (batch.batch().endOffset() > next) {
                        to.accept(batch);
                        next = batch.batch().endOffset();
                    }
                }
            } catch (KafkaException e) {
                throw new IOException("the metadata log is damaged after offset " + next + ": " + e.getMessage(), e);
            }
        }
    }
}
