package dev.weir.storage.batch;

import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.message.ProduceResponseData.BatchIndexAndErrorMessage;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.record.TimestampType;

/**
 * One pass over the records of a batch that checks their shape and rules without making any of them an object, and finds
 * the largest time stamp. A malformed record ends the walk; records that are well formed but break a rule are collected.
 */
final class RecordWalk {
    private static final long NO_TIMESTAMP = -1;

    private final AppendContext context;
    private final boolean checkTime;
    private final boolean checkKeys;
    private final List<BatchIndexAndErrorMessage> recordErrors = new ArrayList<>(0);
    private long maxTimestamp = NO_TIMESTAMP;
    private int indexOfMaxTimestamp = -1;
    private boolean onlyTimeErrors = true;

    RecordWalk(AppendContext context) {
        this.context = context;
        this.checkTime = context.config().timestampType() == TimestampType.CREATE_TIME;
        this.checkKeys = context.config().compact();
    }

    /** Walks exactly {@code count} records and the end of the data. */
    void run(RecordCursor cursor, int count, long baseTimestamp) throws BadRecordsException {
        for (int index = 0; index < count; index++) {
            int size = cursor.varint();
            if (size > cursor.maxBytes()) {
                throw new BadRecordsException(
                        "record " + index + " declares " + size + " bytes, more than " + cursor.maxBytes());
            }
            long end = cursor.position() + size;
            cursor.next();
            long timestamp = baseTimestamp + cursor.varlong();
            int delta = cursor.varint();
            if (delta != index) {
                throw new BadRecordsException("record " + index + " has offset delta " + delta);
            }
            boolean hasKey = skipField(cursor, index);
            skipField(cursor, index);
            skipHeaders(cursor, index, end);
            if (cursor.position() != end) {
                throw new BadRecordsException("record " + index + " does not fill its size of " + size + " bytes");
            }
            if (timestamp > maxTimestamp) {
                maxTimestamp = timestamp;
                indexOfMaxTimestamp = index;
            }
            if (checkKeys && !hasKey) {
                onlyTimeErrors = false;
                report(index, "a record of a compacted topic needs a key");
            } else if (checkTime && timestamp != NO_TIMESTAMP && !timestampAllowed(timestamp)) {
                report(index, "time stamp " + timestamp + " is out of range at " + context.nowMs());
            }
        }
        if (!cursor.atEnd()) {
            throw new BadRecordsException("data follows the last of " + count + " records");
        }
    }

    /** A record without a time stamp has -1; other negative time stamps no reader can be expected to take. */
    private boolean timestampAllowed(long timestamp) {
        long age = context.nowMs() - timestamp;
        return timestamp >= 0
                && age <= context.config().timestampBeforeMaxMs()
                && -age <= context.config().timestampAfterMaxMs();
    }

    private static boolean skipField(RecordCursor cursor, int index) throws BadRecordsException {
        int size = cursor.varint();
        if (size < -1) {
            throw new BadRecordsException("record " + index + " has a field of " + size + " bytes");
        }
        if (size > 0) {
            cursor.skip(size);
        }
        return size >= 0;
    }

    private static void skipHeaders(RecordCursor cursor, int index, long end) throws BadRecordsException {
        int headers = cursor.varint();
        if (headers < 0) {
            throw new BadRecordsException("record " + index + " has " + headers + " headers");
        }
        for (int h = 0; h < headers; h++) {
            if (!skipField(cursor, index)) {
                throw new BadRecordsException("record " + index + " has a header without a key");
            }
            skipField(cursor, index);
            if (cursor.position() > end) {
                throw new BadRecordsException("the headers of record " + index + " exceed its size");
            }
        }
    }

    private void report(int index, String message) {
        if (recordErrors.size() < RecordValidator.MAX_RECORD_ERRORS) {
            recordErrors.add(
                    new BatchIndexAndErrorMessage().setBatchIndex(index).setBatchIndexErrorMessage(message));
        }
    }

    long maxTimestamp() {
        return maxTimestamp;
    }

    /** The first record with the largest time stamp; -1 where no record has one. */
    int indexOfMaxTimestamp() {
        return indexOfMaxTimestamp;
    }

    List<BatchIndexAndErrorMessage> recordErrors() {
        return recordErrors;
    }

    Errors error() {
        return onlyTimeErrors ? Errors.INVALID_TIMESTAMP : Errors.INVALID_RECORD;
    }
}
