package dev.weir.partition.client;

import java.util.List;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

/**
 * What became of the batches of one partition.
 *
 * @param error NONE when they are written and, for acks -1, replicated
 * @param baseOffset offset of the first record, -1 on an error
 * @param endOffset offset after the last record, -1 on an error
 * @param logAppendTimeMs time of the append when the topic stamps it, else -1
 * @param logStartOffset first offset of the partition, -1 on an error
 * @param message what was wrong, for the client
 * @param recordErrors the records that were wrong, for the client
 * @param mayBeWritten whether the log may hold the batches, now or later, in spite of the error
 */
public record AppendResult(
        Errors error,
        long baseOffset,
        long endOffset,
        long logAppendTimeMs,
        long logStartOffset,
        @Nullable String message,
        List<RecordError> recordErrors,
        boolean mayBeWritten) {

    /** Nothing was appended. */
    public static AppendResult failed(Errors error, @Nullable String message) {
        return new AppendResult(error, -1, -1, -1, -1, message, List.of(), false);
    }

    /** Written, but nobody knows whether it stays. */
    public static AppendResult unclear(Errors error, @Nullable String message) {
        return new AppendResult(error, -1, -1, -1, -1, message, List.of(), true);
    }

    /**
     * One refused record.
     *
     * @param batchIndex index of the record in its batch
     * @param message what is wrong with it
     */
    public record RecordError(int batchIndex, @Nullable String message) {}
}
