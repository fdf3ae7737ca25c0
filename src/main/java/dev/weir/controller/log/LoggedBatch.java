package dev.weir.controller.log;

import dev.weir.metadata.record.MetadataRecord;
import dev.weir.metadata.record.MetadataRecordCodec;
import dev.weir.quorum.LogBatch;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.MutableRecordBatch;
import org.apache.kafka.common.record.internal.Record;

/**
 * A batch as it stands in the log.
 *
 * @param batch what the quorum sees of it
 * @param bytes the batch itself
 */
record LoggedBatch(LogBatch batch, ByteBuffer bytes) {

    /**
     * Returns the records of a decision; none of a control batch.
     *
     * @throws dev.weir.metadata.record.MetadataFormatException if one is not understood
     */
    List<MetadataRecord> records() {
        List<MetadataRecord> records = new ArrayList<>();
        if (!(batch.content() instanceof LogBatch.Records)) {
            return records;
        }
        for (MutableRecordBatch one :
                MemoryRecords.readableRecords(bytes.duplicate()).batches()) {
            if (!one.isControlBatch()) {
                for (Record record : one) {
                    records.add(MetadataRecordCodec.decode(record.value()));
                }
            }
        }
        return records;
    }
}
