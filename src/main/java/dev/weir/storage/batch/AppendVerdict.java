package dev.weir.storage.batch;

import java.nio.ByteBuffer;
import java.util.List;
import org.apache.kafka.common.message.ProduceResponseData.BatchIndexAndErrorMessage;
import org.apache.kafka.common.protocol.Errors;

/** What {@link RecordValidator} says of one batch. */
public sealed interface AppendVerdict {

    /**
     * The batch may be appended: offsets, leader epoch and time stamp are written into it.
     *
     * @param bytes exactly the batch, from position to limit; the bytes that came in unless {@code transcoded}
     * @param baseOffset offset of the first record
     * @param lastOffset offset of the last record
     * @param maxTimestamp the largest time stamp, milliseconds; -1 where no record has one
     * @param offsetOfMaxTimestamp the first record with that time stamp; -1 where no record has one
     * @param recordCount number of records, at least 1
     * @param logAppendTimeMs the time stamp given by the broker; -1 where the records keep their own
     * @param producerId the idempotent producer; -1 where there is none
     * @param producerEpoch its epoch; -1 where there is none
     * @param baseSequence sequence of the first record; -1 where there is none
     * @param lastSequence sequence of the last record, wrapped at {@code Integer.MAX_VALUE}; -1 where there is none
     * @param transactional whether the batch is part of a transaction
     * @param control whether the batch holds a control record
     * @param transcoded whether {@code compression.type} made a copy in another codec
     */
    record Accepted(
            ByteBuffer bytes,
            long baseOffset,
            long lastOffset,
            long maxTimestamp,
            long offsetOfMaxTimestamp,
            int recordCount,
            long logAppendTimeMs,
            long producerId,
            short producerEpoch,
            int baseSequence,
            int lastSequence,
            boolean transactional,
            boolean control,
            boolean transcoded)
            implements AppendVerdict {}

    /**
     * The batch is refused and nothing in it was changed.
     *
     * @param error what the producer is told
     * @param message why, for a person
     * @param recordErrors the records at fault, at most {@link RecordValidator#MAX_RECORD_ERRORS} of them
     */
    record Rejected(Errors error, String message, List<BatchIndexAndErrorMessage> recordErrors)
            implements AppendVerdict {
        Rejected(Errors error, String message) {
            this(error, message, List.of());
        }
    }
}
