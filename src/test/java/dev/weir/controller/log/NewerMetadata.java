package dev.weir.controller.log;

import java.nio.ByteBuffer;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.message.SnapshotFooterRecord;
import org.apache.kafka.common.message.SnapshotHeaderRecord;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.SimpleRecord;

/** Metadata that a newer broker has written: a record of type 99, version 7. */
public final class NewerMetadata {
    private static final long NOW = 1_000_000L;

    /** A frame with a type that no schema has. */
    private static final byte[] VALUE = {1, 99, 7, 0};

    private NewerMetadata() {}

    /** One record of a batch. */
    public static ByteBuffer batch(long offset, int epoch) {
        return MemoryRecords.withRecords(offset, Compression.NONE, epoch, new SimpleRecord(NOW, null, VALUE))
                .buffer();
    }

    /** A whole snapshot with one record. */
    public static ByteBuffer snapshot(int epoch) {
        ByteBuffer header = MemoryRecords.withSnapshotHeaderRecord(
                        0, NOW, epoch, ByteBuffer.allocate(128), new SnapshotHeaderRecord())
                .buffer();
        ByteBuffer content = batch(1, epoch);
        ByteBuffer footer = MemoryRecords.withSnapshotFooterRecord(
                        2, NOW, epoch, ByteBuffer.allocate(128), new SnapshotFooterRecord())
                .buffer();
        return ByteBuffer.allocate(header.remaining() + content.remaining() + footer.remaining())
                .put(header)
                .put(content)
                .put(footer)
                .flip();
    }
}
