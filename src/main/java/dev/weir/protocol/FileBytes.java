package dev.weir.protocol;

import java.nio.channels.FileChannel;
import org.apache.kafka.common.record.internal.BaseRecords;
import org.apache.kafka.common.record.internal.RecordsSend;

/**
 * Record bytes that lie in a file and leave by sendfile. Whoever receives one owns it and calls {@link #release()} once,
 * whatever happens; until then the bytes stay readable, also when the segment is deleted meanwhile.
 */
public interface FileBytes extends BaseRecords {
    /** The open file; shared, so positional access only, and never closed by the receiver. */
    FileChannel channel();

    /** Where the bytes begin in the file. */
    long position();

    /** Tells that this many of the bytes have left for the reader, before {@link #release()}. May be called from any thread. */
    void sent(long bytes);

    /** Gives the hold on the file back. May be called from any thread. */
    void release();

    /** For Kafka's own channels, which Weir does not use: throws {@link UnsupportedOperationException}. */
    @Override
    default RecordsSend<? extends BaseRecords> toSend() {
        throw new UnsupportedOperationException("bytes of a file leave by sendfile");
    }
}
