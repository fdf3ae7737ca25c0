package dev.weir.storage.batch;

import dev.weir.config.LogConfig;
import java.nio.ByteBuffer;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.record.internal.CompressionType;

/** The checks of a batch that its header and checksum settle, cheapest first: sizes, format, checksum, counts, producer. */
final class BatchHeaderCheck {
    private static final int MAGIC_AT = BatchLayout.MAGIC + 1;

    private BatchHeaderCheck() {}

    /** @param batch one batch from index 0 to the limit */
    static void run(ByteBuffer batch, AppendContext context) throws BadRecordsException {
        shape(batch);
        size(batch.limit(), context.config());
        if (!BatchLayout.checksumHolds(batch, 0, batch.limit())) {
            throw new BadRecordsException(Errors.CORRUPT_MESSAGE, "the batch does not match its checksum");
        }
        codec(batch, context);
        counts(batch, context);
        attributes(batch, context);
        producer(batch, context);
    }

    static CompressionType compressionOf(ByteBuffer batch) {
        return CompressionType.forId(batch.getShort(BatchLayout.ATTRIBUTES) & BatchLayout.CODEC_MASK);
    }

    static void size(int bytes, LogConfig config) throws BadRecordsException {
        if (bytes > config.maxMessageBytes()) {
            throw new BadRecordsException(
                    Errors.MESSAGE_TOO_LARGE,
                    "the batch has " + bytes + " bytes, max.message.bytes is " + config.maxMessageBytes());
        }
        if (bytes > config.segmentBytes()) {
            throw new BadRecordsException(
                    Errors.RECORD_LIST_TOO_LARGE,
                    "the batch has " + bytes + " bytes, segment.bytes is " + config.segmentBytes());
        }
    }

    private static void shape(ByteBuffer batch) throws BadRecordsException {
        int available = batch.limit();
        if (available == 0) {
            throw new BadRecordsException("there is no batch");
        }
        if (available < MAGIC_AT) {
            throw corrupt("the batch is cut after " + available + " bytes");
        }
        byte magic = batch.get(BatchLayout.MAGIC);
        if (magic == 0 || magic == 1) {
            throw new BadRecordsException(
                    Errors.UNSUPPORTED_FOR_MESSAGE_FORMAT, "message format v" + magic + " is no longer accepted");
        }
        if (magic != BatchLayout.MAGIC_V2) {
            throw corrupt("unknown magic " + magic);
        }
        long declared = (long) batch.getInt(BatchLayout.LENGTH) + BatchLayout.LENGTH_OVERHEAD;
        if (declared < BatchLayout.HEADER_BYTES || declared > available) {
            throw corrupt("the batch declares " + declared + " of " + available + " bytes");
        }
        if (declared < available) {
            throw new BadRecordsException("exactly one batch is expected, " + (available - declared) + " bytes follow");
        }
    }

    private static void codec(ByteBuffer batch, AppendContext context) throws BadRecordsException {
        int codec = batch.getShort(BatchLayout.ATTRIBUTES) & BatchLayout.CODEC_MASK;
        if (codec > CompressionType.ZSTD.id) {
            throw new BadRecordsException(Errors.UNSUPPORTED_COMPRESSION_TYPE, "unknown compression codec " + codec);
        }
        if (codec == CompressionType.ZSTD.id && !context.zstdAllowed()) {
            throw new BadRecordsException(
                    Errors.UNSUPPORTED_COMPRESSION_TYPE, "zstd needs version 7 of the Produce request");
        }
    }

    private static void counts(ByteBuffer batch, AppendContext context) throws BadRecordsException {
        int count = batch.getInt(BatchLayout.COUNT);
        int lastDelta = batch.getInt(BatchLayout.LAST_OFFSET_DELTA);
        if (count <= 0 || lastDelta != count - 1) {
            throw new BadRecordsException("the batch declares " + count + " records and last delta " + lastDelta);
        }
        long base = batch.getLong(BatchLayout.BASE_OFFSET);
        if (base != 0 && context.origin() == AppendOrigin.CLIENT) {
            throw new BadRecordsException("the base offset of a produced batch is 0, not " + base);
        }
    }

    private static void attributes(ByteBuffer batch, AppendContext context) throws BadRecordsException {
        int attributes = batch.getShort(BatchLayout.ATTRIBUTES);
        if ((attributes & BatchLayout.APPEND_TIME_FLAG) != 0) {
            throw new BadRecordsException(Errors.INVALID_TIMESTAMP, "only the broker sets append time");
        }
        if ((attributes & BatchLayout.DELETE_HORIZON_FLAG) != 0) {
            throw new BadRecordsException("only compaction sets a delete horizon");
        }
        if (context.origin() != AppendOrigin.CLIENT) {
            return;
        }
        if ((attributes & BatchLayout.CONTROL_FLAG) != 0) {
            throw new BadRecordsException("clients do not write control records");
        }
        if ((attributes & BatchLayout.TRANSACTIONAL_FLAG) != 0 && !context.transactionsAllowed()) {
            throw new BadRecordsException(Errors.INVALID_TXN_STATE, "no transaction is open for this batch");
        }
    }

    private static void producer(ByteBuffer batch, AppendContext context) throws BadRecordsException {
        long producerId = batch.getLong(BatchLayout.PRODUCER_ID);
        short epoch = batch.getShort(BatchLayout.PRODUCER_EPOCH);
        int sequence = batch.getInt(BatchLayout.BASE_SEQUENCE);
        boolean transactional = (batch.getShort(BatchLayout.ATTRIBUTES) & BatchLayout.TRANSACTIONAL_FLAG) != 0;
        if (producerId < -1 || (producerId >= 0 && epoch < 0) || (producerId < 0 && transactional)) {
            throw new BadRecordsException("producer id " + producerId + " with epoch " + epoch);
        }
        if (producerId >= 0 && sequence < 0 && context.origin() == AppendOrigin.CLIENT) {
            throw new BadRecordsException("producer id " + producerId + " with sequence " + sequence);
        }
    }

    private static BadRecordsException corrupt(String reason) {
        return new BadRecordsException(Errors.CORRUPT_MESSAGE, reason);
    }
}
