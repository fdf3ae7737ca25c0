package dev.weir.controller.log;

import dev.weir.quorum.LogBatch;
import java.nio.ByteBuffer;

/** Bytes of a batch or of a snapshot, on their way through the core. Read only. */
record RawBytes(ByteBuffer bytes) implements LogBatch.Data {
    RawBytes {
        bytes = bytes.asReadOnlyBuffer();
    }
}
