package dev.weir.controller;

import dev.weir.metadata.record.MetadataFormatException;
import dev.weir.metadata.record.MetadataRecord;
import dev.weir.metadata.record.MetadataRecordCodec;
import dev.weir.metadata.record.UnsupportedRecordException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.message.SnapshotFooterRecord;
import org.apache.kafka.common.message.SnapshotHeaderRecord;
import org.apache.kafka.common.record.internal.ControlRecordType;
import org.apache.kafka.common.record.internal.ControlRecordUtils;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.MutableRecordBatch;
import org.apache.kafka.common.record.internal.Record;

/**
 * The content of a snapshot, as Kafka has it: batches whose offsets count from 0, the first a control batch with the header,
 * the last one with the footer. One that was not written to its end therefore lacks the footer.
 */
final class SnapshotFile {
    private static final int RECORDS_PER_BATCH = 1024;
    private static final int CONTROL_BATCH_BYTES = 128;

    private SnapshotFile() {}

    static ByteBuffer encode(SnapshotId id, List<MetadataRecord> records, long nowMs) {
        List<ByteBuffer> parts = new ArrayList<>();
        SnapshotHeaderRecord header = new SnapshotHeaderRecord()
                .setVersion(ControlRecordUtils.SNAPSHOT_HEADER_CURRENT_VERSION)
                .setLastContainedLogTimestamp(nowMs);
        parts.add(MemoryRecords.withSnapshotHeaderRecord(
                        0, nowMs, id.epoch(), ByteBuffer.allocate(CONTROL_BATCH_BYTES), header)
                .buffer());
        for (int i = 0; i < records.size(); i += RECORDS_PER_BATCH) {
            List<MetadataRecord> some = records.subList(i, Math.min(i + RECORDS_PER_BATCH, records.size()));
            parts.add(MetadataBatches.of(1L + i, id.epoch(), nowMs, some));
        }
        SnapshotFooterRecord footer =
                new SnapshotFooterRecord().setVersion(ControlRecordUtils.SNAPSHOT_FOOTER_CURRENT_VERSION);
        parts.add(MemoryRecords.withSnapshotFooterRecord(
                        1L + records.size(), nowMs, id.epoch(), ByteBuffer.allocate(CONTROL_BATCH_BYTES), footer)
                .buffer());
        ByteBuffer whole = ByteBuffer.allocate(
                parts.stream().mapToInt(ByteBuffer::remaining).sum());
        parts.forEach(whole::put);
        return whole.flip();
    }

    /**
     * The records of a snapshot; empty if it is damaged or was not written to its end.
     *
     * @throws UnsupportedRecordException if it holds a record of a newer metadata version
     */
    static Optional<List<MetadataRecord>> decode(ByteBuffer content) {
        List<MetadataRecord> records = new ArrayList<>();
        List<ControlRecordType> controls = new ArrayList<>();
        int bytes = 0;
        try {
            for (MutableRecordBatch batch :
                    MemoryRecords.readableRecords(content.duplicate()).batches()) {
                batch.ensureValid();
                bytes += batch.sizeInBytes();
                for (Record record : batch) {
                    boolean inside = controls.equals(List.of(ControlRecordType.SNAPSHOT_HEADER));
                    if (batch.isControlBatch()) {
                        controls.add(ControlRecordType.parse(record.key()));
                    } else if (inside) {
                        records.add(MetadataRecordCodec.decode(record.value()));
                    } else {
                        return Optional.empty();
                    }
                }
            }
        } catch (UnsupportedRecordException e) {
            throw e;
        } catch (KafkaException | MetadataFormatException e) {
            return Optional.empty();
        }
        boolean whole = bytes == content.remaining()
                && controls.equals(List.of(ControlRecordType.SNAPSHOT_HEADER, ControlRecordType.SNAPSHOT_FOOTER));
        return whole ? Optional.of(records) : Optional.empty();
    }
}
