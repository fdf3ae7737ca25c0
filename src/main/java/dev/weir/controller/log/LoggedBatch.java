package dev.weir.controller.log;

import dev.weir.metadata.record.MetadataRecord;
import dev.weir.metadata.record.MetadataRecordCodec;
import dev.weir.quorum.LogBatch;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.record.internal.ControlRecordType;
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
     * Returns the records of a decision; of a control batch the level of {@code kraft.version}, if it names one.
     *
     * @throws dev.weir.metadata.record.MetadataFormatException if one is not understood
     */
    List<MetadataRecord> records() {
        List<MetadataRecord> records = new ArrayList<>();
        if (batch.content() instanceof LogBatch.LeaderChange) {
            return records;
        }
        for (MutableRecordBatch one :
                MemoryRecords.readableRecords(bytes.duplicate()).batches()) {
            for (Record record : one) {
                if (!one.isControlBatch()) {
                    records.add(MetadataRecordCodec.decode(record.value()));
                } else if (ControlRecordType.parse(record.key()) == ControlRecordType.KRAFT_VERSION) {
                    records.add(ControlRecords.level(record));
                }
            }
        }
        return records;
    }
}
