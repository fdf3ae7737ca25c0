package dev.weir.controller;

import dev.weir.metadata.LogPosition;
import dev.weir.metadata.record.MetadataRecord;
import dev.weir.metadata.record.MetadataRecordCodec;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.message.LeaderChangeMessage;
import org.apache.kafka.common.record.internal.ControlRecordUtils;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.MutableRecordBatch;
import org.apache.kafka.common.record.internal.Record;
import org.apache.kafka.common.record.internal.SimpleRecord;

/** Turns records into the batches of the metadata log and back; the controller epoch is the batches' leader epoch. */
final class MetadataBatches {
    private static final int CONTROL_BATCH_BYTES = 256;
    private static final int BYTES_PER_VOTER = 32;

    private MetadataBatches() {}

    /**
     * What one batch of the log says.
     *
     * @param last the place of its last record
     * @param sizeInBytes of the batch
     * @param records its records; none for a control batch
     */
    record Batch(LogPosition last, int sizeInBytes, List<MetadataRecord> records) {}

    /** One batch: a decision is in the log wholly or not at all. */
    static ByteBuffer of(long baseOffset, int epoch, long nowMs, List<MetadataRecord> records) {
        SimpleRecord[] values = records.stream()
                .map(record -> new SimpleRecord(nowMs, null, MetadataRecordCodec.encode(record)))
                .toArray(SimpleRecord[]::new);
        return MemoryRecords.withRecords(baseOffset, Compression.NONE, epoch, values)
                .buffer();
    }

    /** The control batch with which an epoch begins. */
    static ByteBuffer leaderChange(long offset, int epoch, long nowMs, int leader, List<Integer> voters) {
        List<LeaderChangeMessage.Voter> all = voters.stream()
                .map(id -> new LeaderChangeMessage.Voter().setVoterId(id))
                .toList();
        LeaderChangeMessage message = new LeaderChangeMessage()
                .setVersion(ControlRecordUtils.LEADER_CHANGE_CURRENT_VERSION)
                .setLeaderId(leader)
                .setVoters(all)
                .setGrantingVoters(List.of(new LeaderChangeMessage.Voter().setVoterId(leader)));
        ByteBuffer buffer = ByteBuffer.allocate(CONTROL_BATCH_BYTES + 2 * BYTES_PER_VOTER * voters.size());
        return MemoryRecords.withLeaderChangeMessage(offset, nowMs, epoch, buffer, message)
                .buffer();
    }

    /**
     * Reads whole batches, checking each checksum.
     *
     * @throws org.apache.kafka.common.KafkaException where a batch is damaged
     * @throws dev.weir.metadata.record.MetadataFormatException where a record is not understood
     */
    static List<Batch> parse(ByteBuffer batches) {
        List<Batch> parsed = new ArrayList<>();
        for (MutableRecordBatch batch : MemoryRecords.readableRecords(batches).batches()) {
            batch.ensureValid();
            List<MetadataRecord> records = new ArrayList<>();
            if (!batch.isControlBatch()) {
                for (Record record : batch) {
                    records.add(MetadataRecordCodec.decode(record.value()));
                }
            }
            LogPosition last = new LogPosition(batch.lastOffset(), batch.partitionLeaderEpoch());
            parsed.add(new Batch(last, batch.sizeInBytes(), records));
        }
        return parsed;
    }
}
