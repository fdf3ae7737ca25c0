package dev.weir.controller.log;

import dev.weir.metadata.record.MetadataFormatException;
import dev.weir.metadata.record.MetadataRecord;
import dev.weir.metadata.record.MetadataRecordCodec;
import dev.weir.metadata.record.UnsupportedRecordException;
import dev.weir.quorum.VoterSet;
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
 * The content of a snapshot, as Kafka has it: batches whose offsets count from 0, the first a control batch with the header
 * and the voters, the last one with the footer. One that was not written to its end therefore lacks the footer.
 */
final class SnapshotFile {
    private static final int RECORDS_PER_BATCH = 1024;

    private SnapshotFile() {}

    /**
     * What is in a snapshot.
     *
     * @param records that make the image
     * @param voters at its end; empty if the log named none
     */
    record Content(List<MetadataRecord> records, VoterSet voters) {}

    /** @param metadataVersion the level at which the records are written */
    static ByteBuffer encode(SnapshotId id, Content content, short metadataVersion, long nowMs) {
        List<MetadataRecord> records = content.records();
        boolean named = content.voters().size() > 0;
        SnapshotHeaderRecord header = new SnapshotHeaderRecord()
                .setVersion(ControlRecordUtils.SNAPSHOT_HEADER_CURRENT_VERSION)
                .setLastContainedLogTimestamp(nowMs);
        List<ByteBuffer> parts = new ArrayList<>();
        parts.add(MetadataBatches.control(0, id.epoch(), nowMs, content.voters().size(), to -> {
            to.appendSnapshotHeaderMessage(nowMs, header);
            if (named) {
                to.appendKRaftVersionMessage(nowMs, ControlRecords.version());
                to.appendVotersMessage(nowMs, ControlRecords.message(content.voters()));
            }
        }));
        long first = named ? 3 : 1;
        for (int i = 0; i < records.size(); i += RECORDS_PER_BATCH) {
            List<MetadataRecord> some = records.subList(i, Math.min(i + RECORDS_PER_BATCH, records.size()));
            parts.add(MetadataBatches.of(first + i, id.epoch(), nowMs, metadataVersion, some));
        }
        SnapshotFooterRecord footer =
                new SnapshotFooterRecord().setVersion(ControlRecordUtils.SNAPSHOT_FOOTER_CURRENT_VERSION);
        parts.add(MetadataBatches.control(
                first + records.size(), id.epoch(), nowMs, 0, to -> to.appendSnapshotFooterMessage(nowMs, footer)));
        ByteBuffer whole = ByteBuffer.allocate(
                parts.stream().mapToInt(ByteBuffer::remaining).sum());
        parts.forEach(whole::put);
        return whole.flip();
    }

    /**
     * Returns what is in a snapshot; nothing if it is damaged or was not written to its end.
     *
     * @throws UnsupportedRecordException if it holds a record of a newer metadata version
     */
    static Optional<Content> decode(ByteBuffer content) {
        Decoder decoder = new Decoder();
        int bytes = 0;
        try {
            for (MutableRecordBatch batch :
                    MemoryRecords.readableRecords(content.duplicate()).batches()) {
                batch.ensureValid();
                bytes += batch.sizeInBytes();
                for (Record record : batch) {
                    decoder.take(batch.isControlBatch(), record);
                }
            }
        } catch (UnsupportedRecordException e) {
            throw e;
        } catch (KafkaException | MetadataFormatException e) {
            return Optional.empty();
        }
        return bytes == content.remaining() ? decoder.content() : Optional.empty();
    }

    /** What has been seen of a snapshot so far. */
    private static final class Decoder {
        private final List<MetadataRecord> records = new ArrayList<>();
        private VoterSet voters = VoterSet.EMPTY;
        private boolean begun;
        private boolean ended;
        private boolean broken;

        void take(boolean control, Record record) {
            broken |= ended;
            if (!control) {
                broken |= !begun;
                records.add(MetadataRecordCodec.decode(record.value()));
                return;
            }
            ControlRecordType type = ControlRecordType.parse(record.key());
            if (type == ControlRecordType.SNAPSHOT_HEADER) {
                broken |= begun;
                begun = true;
            } else if (type == ControlRecordType.SNAPSHOT_FOOTER) {
                ended = true;
            } else if (type == ControlRecordType.KRAFT_VERSION) {
                records.add(ControlRecords.level(record));
            } else if (type == ControlRecordType.KRAFT_VOTERS) {
                voters = ControlRecords.voters(ControlRecordUtils.deserializeVotersRecord(record));
            }
        }

        Optional<Content> content() {
            return begun && ended && !broken ? Optional.of(new Content(records, voters)) : Optional.empty();
        }
    }
}
