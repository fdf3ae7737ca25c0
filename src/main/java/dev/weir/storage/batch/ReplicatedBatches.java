package dev.weir.storage.batch;

import java.nio.ByteBuffer;
import org.apache.kafka.common.protocol.Errors;

/**
 * The check of the batches that a leader has sent for a follower's log, which takes them as they are. Nothing is asked of them that
 * the leader has asked of its producers: control batches, batches that compaction has thinned out and gaps between offsets are as
 * good as others. What must hold is whatever the follower's log relies on: checksums, offsets that rise, leader epochs that do
 * not fall. Stateless; changes no byte.
 */
public final class ReplicatedBatches {
    private static final int CUT_OFF = 0;
    private static final int MALFORMED = -1;

    private ReplicatedBatches() {}

    /** What the check says. */
    public sealed interface Verdict {
        /**
         * The batches may be staged.
         *
         * @param batches whole batches, from position to limit; a batch that was cut off at the end is left out
         * @param firstOffset of the first batch; it is below the log's end if that was allowed; -1 if there is none
         */
        record Accepted(ByteBuffer batches, long firstOffset) implements Verdict {}

        /**
         * None of the batches may be staged.
         *
         * @param error CORRUPT_MESSAGE for bytes that no leader has in its log, else INVALID_RECORD
         * @param message why, for a person
         */
        record Refused(Errors error, String message) implements Verdict {}
    }

    /**
     * What the follower's log has.
     *
     * @param logEndOffset the offset that its next record may have at least
     * @param latestEpoch the leader epoch of its last record, or -1
     * @param leaderEpoch the current one, which no batch may exceed
     * @param mayBeginBelow whether the first batch may begin below the log's end, if it reaches it: the log holds no record that is
     *     still there on the leader, which has deleted up to the middle of that batch (KAFKA-6975)
     */
    public record Expected(long logEndOffset, int latestEpoch, int leaderEpoch, boolean mayBeginBelow) {}

    /** Checks the batches from position to limit, which stay where they are. */
    public static Verdict check(ByteBuffer bytes, Expected expected) {
        long nextOffset = expected.logEndOffset();
        int epoch = expected.latestEpoch();
        long firstOffset = -1;
        int at = bytes.position();
        int size = sizeAt(bytes, at);
        while (size > 0) {
            if (bytes.get(at + BatchLayout.MAGIC) != BatchLayout.MAGIC_V2) {
                return corrupt(at, bytes, "has the magic " + bytes.get(at + BatchLayout.MAGIC));
            }
            if (!BatchLayout.checksumHolds(bytes, at, size)) {
                return corrupt(at, bytes, "does not match its checksum");
            }
            long base = bytes.getLong(at + BatchLayout.BASE_OFFSET);
            long last = base + bytes.getInt(at + BatchLayout.LAST_OFFSET_DELTA);
            boolean below = firstOffset < 0 && expected.mayBeginBelow() && base >= 0 && last >= nextOffset;
            if (last < base || (base < nextOffset && !below)) {
                return new Verdict.Refused(
                        Errors.INVALID_RECORD,
                        "a batch has the offsets " + base + " to " + last + ", and the next offset is " + nextOffset);
            }
            int batchEpoch = bytes.getInt(at + BatchLayout.LEADER_EPOCH);
            if (batchEpoch < epoch || batchEpoch > expected.leaderEpoch()) {
                return new Verdict.Refused(
                        Errors.INVALID_RECORD,
                        "the batch at offset " + base + " is of the leader epoch " + batchEpoch + ", not of one from "
                                + epoch + " to " + expected.leaderEpoch());
            }
            firstOffset = firstOffset < 0 ? base : firstOffset;
            nextOffset = last + 1;
            epoch = batchEpoch;
            at += size;
            size = sizeAt(bytes, at);
        }
        if (size == MALFORMED || (firstOffset < 0 && bytes.hasRemaining())) {
            return corrupt(at, bytes, "has no whole header, or a length that cannot be");
        }
        return new Verdict.Accepted(bytes.duplicate().limit(at), firstOffset);
    }

    /** Bytes of the batch at a position, {@link #CUT_OFF} if it is not whole, or {@link #MALFORMED}. */
    private static int sizeAt(ByteBuffer bytes, int at) {
        int left = bytes.limit() - at;
        if (left < BatchLayout.LENGTH_OVERHEAD) {
            return CUT_OFF;
        }
        long size = (long) bytes.getInt(at + BatchLayout.LENGTH) + BatchLayout.LENGTH_OVERHEAD;
        if (size < BatchLayout.HEADER_BYTES) {
            return MALFORMED;
        }
        return size > left ? CUT_OFF : (int) size;
    }

    private static Verdict corrupt(int at, ByteBuffer bytes, String what) {
        return new Verdict.Refused(
                Errors.CORRUPT_MESSAGE,
                "the batch at byte " + (at - bytes.position()) + " of " + bytes.remaining() + " " + what);
    }
}
