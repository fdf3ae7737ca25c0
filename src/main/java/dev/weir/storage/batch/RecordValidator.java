package dev.weir.storage.batch;

import dev.weir.storage.batch.AppendVerdict.Accepted;
import dev.weir.storage.batch.AppendVerdict.Rejected;
import java.nio.ByteBuffer;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.common.record.internal.CompressionType;

/**
 * Decides whether the bytes that a producer sent for one partition may enter its log, so that no later reader can stumble
 * over them, and writes offset, leader epoch and time stamp into them. The bytes must be exactly one v2 batch. They are
 * changed in place, and only once everything is checked; the checksum is computed anew only if a field that it covers
 * changed. Only a topic whose {@code compression.type} names another codec makes a copy.
 *
 * <p>Uses no clock and no file. Keeps scratch buffers, so one instance belongs to one thread.
 */
public final class RecordValidator {
    /** The most records that one refusal names. */
    public static final int MAX_RECORD_ERRORS = 100;

    private final int maxDecompressedBytes;
    private final BatchCodec codec = new BatchCodec();

    /** Refuses batches whose records decompress to more than {@value DecompressionBound#ACCEPTED_BYTES} bytes. */
    public RecordValidator() {
        this(DecompressionBound.ACCEPTED_BYTES);
    }

    /**
     * @param maxDecompressedBytes a batch whose records decompress to more, and to more than {@code max.message.bytes}, is
     *     refused. Here it bounds work; memory is a fixed scratch
     */
    RecordValidator(int maxDecompressedBytes) {
        this.maxDecompressedBytes = maxDecompressedBytes;
    }

    /** Validates and stamps the one batch between {@code bytes}' position and limit, which stay where they are. */
    public AppendVerdict validate(ByteBuffer bytes, AppendContext context) {
        ByteBuffer batch = bytes.slice();
        try {
            BatchHeaderCheck.run(batch, context);
            CompressionType source = BatchHeaderCheck.compressionOf(batch);
            RecordWalk walk = new RecordWalk(context);
            int maxBytes = DecompressionBound.ofAccepted(maxDecompressedBytes, context.config());
            walk(batch, source, walk, maxBytes);
            if (!walk.recordErrors().isEmpty()) {
                return new Rejected(walk.error(), "records of the batch break the topic's rules", walk.recordErrors());
            }
            if (context.origin() == AppendOrigin.COORDINATOR && hasFlag(batch, BatchLayout.CONTROL_FLAG)) {
                checkMarker(batch);
            }
            CompressionType target = BatchCodec.target(context.config(), source);
            boolean transcode = target != source && !hasFlag(batch, BatchLayout.CONTROL_FLAG);
            if (transcode) {
                int max = context.config().maxMessageBytes();
                batch = codec.transcode(batch, source, BatchCodec.atLevel(context.config(), target), max);
                BatchHeaderCheck.size(batch.limit(), context.config());
            }
            return stamp(batch, context, walk, transcode);
        } catch (BadRecordsException bad) {
            return new Rejected(bad.error(), bad.reason());
        }
    }

    private void walk(ByteBuffer batch, CompressionType source, RecordWalk walk, int maxBytes)
            throws BadRecordsException {
        int count = batch.getInt(BatchLayout.COUNT);
        long baseTimestamp = batch.getLong(BatchLayout.BASE_TIMESTAMP);
        if (source == CompressionType.NONE) {
            walk.run(RecordCursor.over(batch, BatchLayout.HEADER_BYTES, batch.limit()), count, baseTimestamp);
        } else {
            codec.walk(BatchCodec.payloadOf(batch), source, maxBytes, cursor -> walk.run(cursor, count, baseTimestamp));
        }
    }

    private static AppendVerdict stamp(ByteBuffer batch, AppendContext context, RecordWalk walk, boolean transcoded) {
        boolean appendTime = context.config().timestampType() == TimestampType.LOG_APPEND_TIME;
        batch.putLong(BatchLayout.BASE_OFFSET, context.nextOffset());
        batch.putInt(BatchLayout.LEADER_EPOCH, context.leaderEpoch());
        long maxTimestamp = appendTime ? context.nowMs() : walk.maxTimestamp();
        boolean covered = transcoded;
        if (appendTime) {
            short attributes = batch.getShort(BatchLayout.ATTRIBUTES);
            batch.putShort(BatchLayout.ATTRIBUTES, (short) (attributes | BatchLayout.APPEND_TIME_FLAG));
            covered = true;
        }
        if (batch.getLong(BatchLayout.MAX_TIMESTAMP) != maxTimestamp) {
            batch.putLong(BatchLayout.MAX_TIMESTAMP, maxTimestamp);
            covered = true;
        }
        if (covered) {
            BatchLayout.sealChecksum(batch, 0, batch.limit());
        }
        long base = context.nextOffset();
        int indexOfMax = appendTime ? 0 : walk.indexOfMaxTimestamp();
        int baseSequence = batch.getInt(BatchLayout.BASE_SEQUENCE);
        int lastDelta = batch.getInt(BatchLayout.LAST_OFFSET_DELTA);
        return new Accepted(
                batch,
                base,
                base + lastDelta,
                maxTimestamp,
                indexOfMax < 0 ? -1 : base + indexOfMax,
                batch.getInt(BatchLayout.COUNT),
                appendTime ? context.nowMs() : -1,
                batch.getLong(BatchLayout.PRODUCER_ID),
                batch.getShort(BatchLayout.PRODUCER_EPOCH),
                baseSequence,
                BatchLayout.sequenceAfter(baseSequence, lastDelta),
                hasFlag(batch, BatchLayout.TRANSACTIONAL_FLAG),
                hasFlag(batch, BatchLayout.CONTROL_FLAG),
                transcoded);
    }

    private static void checkMarker(ByteBuffer batch) throws BadRecordsException {
        boolean transactional = hasFlag(batch, BatchLayout.TRANSACTIONAL_FLAG);
        if (!transactional || TransactionMarker.of(batch).isEmpty()) {
            throw new BadRecordsException("a control batch holds one record, which ends a transaction");
        }
    }

    private static boolean hasFlag(ByteBuffer batch, int flag) {
        return (batch.getShort(BatchLayout.ATTRIBUTES) & flag) != 0;
    }
}
