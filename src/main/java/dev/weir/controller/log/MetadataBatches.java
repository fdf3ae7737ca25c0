package dev.weir.controller.log;

import dev.weir.metadata.FeatureGate;
import dev.weir.metadata.record.MetadataRecord;
import dev.weir.metadata.record.MetadataRecordCodec;
import dev.weir.quorum.LogBatch;
import dev.weir.quorum.VoterSet;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.common.record.internal.ControlRecordType;
import org.apache.kafka.common.record.internal.ControlRecordUtils;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.MemoryRecordsBuilder;
import org.apache.kafka.common.record.internal.MutableRecordBatch;
import org.apache.kafka.common.record.internal.Record;
import org.apache.kafka.common.record.internal.RecordBatch;
import org.apache.kafka.common.record.internal.SimpleRecord;
import org.jspecify.annotations.Nullable;

/** Turns records into the batches of the metadata log and back; the controller epoch is the batches' leader epoch. */
final class MetadataBatches {
    private static final int CONTROL_BATCH_BYTES = 512;
    private static final int BYTES_PER_VOTER = 256;
    /** Offset and length, which come before what the length counts. */
    private static final int OVERHEAD_BYTES = 12;

    private static final int LENGTH_AT = 8;

    private MetadataBatches() {}

    /**
     * Returns one batch: a decision is in the log wholly or not at all.
     *
     * @param metadataVersion the level at which the records are written
     */
    static ByteBuffer of(long baseOffset, int epoch, long nowMs, short metadataVersion, List<MetadataRecord> records) {
        SimpleRecord[] values = records.stream()
                .map(record -> new SimpleRecord(
                        nowMs,
                        null,
                        MetadataRecordCodec.encode(record, FeatureGate.recordVersion(record.type(), metadataVersion))))
                .toArray(SimpleRecord[]::new);
        return MemoryRecords.withRecords(baseOffset, Compression.NONE, epoch, values)
                .buffer();
    }

    /** Returns the bytes of a batch that a leader appends. */
    static ByteBuffer encode(LogBatch batch, long nowMs) {
        if (batch.content() instanceof LogBatch.LeaderChange change) {
            int voters = change.voters().size() + change.granting().size();
            return control(
                    batch, nowMs, voters, to -> to.appendLeaderChangeMessage(nowMs, ControlRecords.message(change)));
        }
        if (batch.content() instanceof LogBatch.Voters voters) {
            boolean first = batch.endOffset() - batch.baseOffset() > 1;
            return control(batch, nowMs, voters.set().size(), to -> {
                if (first) {
                    to.appendKRaftVersionMessage(nowMs, ControlRecords.version());
                }
                to.appendVotersMessage(nowMs, ControlRecords.message(voters.set()));
            });
        }
        return ((RawBytes) ((LogBatch.Records) batch.content()).data()).bytes();
    }

    /** Returns a control batch with the records that {@code content} appends. */
    static ByteBuffer control(
            long baseOffset, int epoch, long nowMs, int voters, Consumer<MemoryRecordsBuilder> content) {
        MemoryRecordsBuilder builder = new MemoryRecordsBuilder(
                ByteBuffer.allocate(CONTROL_BATCH_BYTES + BYTES_PER_VOTER * voters),
                RecordBatch.CURRENT_MAGIC_VALUE,
                Compression.NONE,
                TimestampType.CREATE_TIME,
                baseOffset,
                nowMs,
                RecordBatch.NO_PRODUCER_ID,
                RecordBatch.NO_PRODUCER_EPOCH,
                RecordBatch.NO_SEQUENCE,
                false,
                true,
                epoch,
                CONTROL_BATCH_BYTES + BYTES_PER_VOTER * voters);
        content.accept(builder);
        return builder.build().buffer();
    }

    private static ByteBuffer control(LogBatch batch, long nowMs, int voters, Consumer<MemoryRecordsBuilder> content) {
        return control(batch.baseOffset(), batch.epoch(), nowMs, voters, content);
    }

    /**
     * Reads the whole batches in {@code batches}, checking each checksum; a part of a batch at the end is left out.
     *
     * @throws org.apache.kafka.common.KafkaException if a batch is damaged
     */
    static List<LoggedBatch> parse(ByteBuffer batches) {
        List<LoggedBatch> parsed = new ArrayList<>();
        int at = batches.position();
        int end = wholeEnd(batches);
        ByteBuffer whole = batches.slice(at, end - at);
        for (MutableRecordBatch batch : MemoryRecords.readableRecords(whole).batches()) {
            batch.ensureValid();
            ByteBuffer bytes = batches.slice(at, batch.sizeInBytes());
            at += batch.sizeInBytes();
            LogBatch.Content content = batch.isControlBatch()
                    ? control(batch).orElseGet(() -> new LogBatch.Records(new RawBytes(bytes)))
                    : new LogBatch.Records(new RawBytes(bytes));
            parsed.add(new LoggedBatch(
                    new LogBatch(batch.baseOffset(), batch.nextOffset(), batch.partitionLeaderEpoch(), content),
                    bytes));
        }
        return parsed;
    }

    private static Optional<LogBatch.Content> control(MutableRecordBatch batch) {
        LogBatch.@Nullable Content leader = null;
        for (Record record : batch) {
            ControlRecordType type = ControlRecordType.parse(record.key());
            if (type == ControlRecordType.KRAFT_VOTERS) {
                VoterSet set = ControlRecords.voters(ControlRecordUtils.deserializeVotersRecord(record));
                return Optional.of(new LogBatch.Voters(set));
            }
            if (type == ControlRecordType.LEADER_CHANGE) {
                leader = ControlRecords.change(ControlRecordUtils.deserializeLeaderChangeMessage(record));
            }
        }
        return Optional.ofNullable(leader);
    }

    private static int wholeEnd(ByteBuffer batches) {
        int at = batches.position();
        while (batches.limit() - at >= OVERHEAD_BYTES) {
            long size = OVERHEAD_BYTES + (long) batches.getInt(at + LENGTH_AT);
            if (size < OVERHEAD_BYTES || size > batches.limit() - at) {
                break;
            }
            at += (int) size;
        }
        return at;
    }
}
