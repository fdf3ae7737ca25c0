package dev.weir.group;

import dev.weir.group.core.GroupOutcome;
import dev.weir.group.record.CoordinatorRecord;
import java.nio.ByteBuffer;
import java.util.List;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.protocol.types.SchemaException;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.common.record.internal.ControlRecordType;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.MemoryRecordsBuilder;
import org.apache.kafka.common.record.internal.MutableRecordBatch;
import org.apache.kafka.common.record.internal.Record;
import org.apache.kafka.common.record.internal.RecordBatch;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Coordinator records as record batches, and back. */
final class OffsetsBatches {
    private static final Logger LOG = LoggerFactory.getLogger(OffsetsBatches.class);
    private static final int OVERHEAD = 128;
    private static final int RECORD_OVERHEAD = 32;

    /** A coordinator writes in the producer's name without knowing its sequence, so none is checked. */
    private static final int UNCHECKED_SEQUENCE = 0;

    private OffsetsBatches() {}

    /** About how many bytes a record takes in a batch, at least as many as it does. */
    static int sizeOf(CoordinatorRecord record) {
        byte[] value = record.value();
        return RECORD_OVERHEAD + record.key().length + (value == null ? 0 : value.length);
    }

    /** One batch that holds all these records. */
    static ByteBuffer batch(
            List<CoordinatorRecord> records,
            GroupOutcome.@Nullable Producer producer,
            Compression compression,
            long nowMs) {
        int size = OVERHEAD + records.stream().mapToInt(OffsetsBatches::sizeOf).sum();
        MemoryRecordsBuilder builder = new MemoryRecordsBuilder(
                ByteBuffer.allocate(size),
                RecordBatch.CURRENT_MAGIC_VALUE,
                compression,
                TimestampType.CREATE_TIME,
                0,
                RecordBatch.NO_TIMESTAMP,
                producer == null ? RecordBatch.NO_PRODUCER_ID : producer.producerId(),
                producer == null ? RecordBatch.NO_PRODUCER_EPOCH : producer.producerEpoch(),
                producer == null ? RecordBatch.NO_SEQUENCE : UNCHECKED_SEQUENCE,
                producer != null,
                false,
                RecordBatch.NO_PARTITION_LEADER_EPOCH,
                size);
        records.forEach(record -> builder.append(nowMs, record.key(), record.value()));
        return builder.build().buffer();
    }

    /**
     * Feeds a piece of the log to a core that loads.
     *
     * @param unreadable told of each record that cannot be read or applied, and is passed over
     * @throws RuntimeException if a batch cannot be taken apart
     */
    static void replay(ByteBuffer batches, GroupCoordinatorCore core, Runnable unreadable) {
        for (MutableRecordBatch batch : MemoryRecords.readableRecords(batches).batches()) {
            for (Record record : batch) {
                if (!replay(batch, record, core)) {
                    unreadable.run();
                }
            }
        }
    }

    private static boolean replay(RecordBatch batch, Record record, GroupCoordinatorCore core) {
        if (batch.isControlBatch()) {
            ControlRecordType type = ControlRecordType.parse(record.key());
            if (type == ControlRecordType.COMMIT || type == ControlRecordType.ABORT) {
                core.endTransaction(batch.producerId(), type == ControlRecordType.COMMIT);
            }
            return true;
        }
        if (!record.hasKey()) {
            return true;
        }
        CoordinatorRecord read =
                new CoordinatorRecord(bytes(record.key()), record.hasValue() ? bytes(record.value()) : null);
        try {
            if (batch.isTransactional()) {
                core.replay(batch.producerId(), read);
            } else {
                core.replay(read);
            }
            return true;
        } catch (SchemaException e) {
            // one bad record must not take all other groups of the partition with it
            LOG.warn("The group record at offset {} is skipped: {}", record.offset(), e.getMessage());
        } catch (RuntimeException e) {
            LOG.error("The group record at offset {} cannot be applied and is skipped", record.offset(), e);
        }
        return false;
    }

    private static byte[] bytes(ByteBuffer buffer) {
        byte[] bytes = new byte[buffer.remaining()];
        buffer.duplicate().get(bytes);
        return bytes;
    }
}
