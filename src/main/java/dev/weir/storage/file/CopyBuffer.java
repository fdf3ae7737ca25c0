package dev.weir.storage.file;

import java.nio.ByteBuffer;

/** The memory that batches pass through while logs are copied, as large as the largest piece so far. One thread uses it. */
public final class CopyBuffer {
    private ByteBuffer block = ByteBuffer.allocate(0);

    /** Room for this many bytes, until the next call. */
    public ByteBuffer ofSize(int bytes) {
        if (block.capacity() < bytes) {
            block = ByteBuffer.allocate(bytes);
        }
        return block.clear().limit(bytes);
    }
}
