package dev.weir.storage.batch;

import java.nio.ByteBuffer;
import java.util.Iterator;
import java.util.Optional;
import org.apache.kafka.common.record.internal.ControlRecordType;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.Record;
import org.apache.kafka.common.record.internal.RecordBatch;

/**
 * The one record of a control batch that ends a transaction (KIP-98). Immutable.
 *
 * @param commit whether the transaction's records count
 * @param coordinatorEpoch the leader epoch of the coordinator that wrote it
 * @param timestamp milliseconds
 */
public record TransactionMarker(boolean commit, int coordinatorEpoch, long timestamp) {
    private static final int KEY_BYTES = Short.BYTES + Short.BYTES;
    private static final int VALUE_BYTES = Short.BYTES + Integer.BYTES;

    /** As {@link #of(RecordBatch)}, of the one batch between position and limit. */
    public static Optional<TransactionMarker> of(ByteBuffer batch) {
        return of(MemoryRecords.readableRecords(batch.slice())
                .batches()
                .iterator()
                .next());
    }

    /** Empty where the batch holds anything else, or nothing. Later versions may have more fields. */
    public static Optional<TransactionMarker> of(RecordBatch batch) {
        Iterator<Record> records = batch.iterator();
        if (!records.hasNext()) {
            return Optional.empty();
        }
        Record record = records.next();
        if (records.hasNext() || !record.hasKey() || !record.hasValue()) {
            return Optional.empty();
        }
        ByteBuffer key = record.key();
        ByteBuffer value = record.value();
        boolean whole = key.remaining() >= KEY_BYTES
                && value.remaining() >= VALUE_BYTES
                && key.getShort(key.position()) >= 0
                && value.getShort(value.position()) >= 0;
        if (!whole) {
            return Optional.empty();
        }
        short type = key.getShort(key.position() + Short.BYTES);
        boolean commit = type == ControlRecordType.COMMIT.type();
        return commit || type == ControlRecordType.ABORT.type()
                ? Optional.of(
                        new TransactionMarker(commit, value.getInt(value.position() + Short.BYTES), record.timestamp()))
                : Optional.empty();
    }
}
