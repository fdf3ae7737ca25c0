package dev.weir.partition.client;

import dev.weir.protocol.FileBytes;
import java.util.List;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

/**
 * What one partition gives to a reader. The receiver owns {@link #bytes} and releases it.
 *
 * @param error NONE, or why there is nothing
 * @param highWatermark offset below which records are committed, -1 on an error
 * @param lastStableOffset offset below which no transaction is open, -1 on an error
 * @param logStartOffset first offset that can be read, -1 on an error
 * @param bytes the records, null when there are none
 * @param aborted transactions aborted in the range, for readers of committed records
 * @param diverging where the follower's log and this one part, null when they do not
 * @param leader the leader that this broker knows, for errors that ask the client to look again
 * @param unread which limit kept records out that could have been read
 */
public record FetchAnswer(
        Errors error,
        long highWatermark,
        long lastStableOffset,
        long logStartOffset,
        @Nullable FileBytes bytes,
        List<Aborted> aborted,
        @Nullable Diverging diverging,
        @Nullable Leader leader,
        Unread unread) {

    /** Nothing but an error. */
    public static FetchAnswer failed(Errors error, @Nullable Leader leader) {
        return new FetchAnswer(error, -1, -1, -1, null, List.of(), null, leader, Unread.NOTHING);
    }

    /** The same with other ends, as they are when the answer leaves. */
    public FetchAnswer withEnds(long newHighWatermark, long newLastStableOffset) {
        return new FetchAnswer(
                error,
                newHighWatermark,
                newLastStableOffset,
                logStartOffset,
                bytes,
                aborted,
                diverging,
                leader,
                unread);
    }

    /** Bytes of records. */
    public int size() {
        return bytes == null ? 0 : bytes.sizeInBytes();
    }

    /** The first batch is there, but larger than a limit. */
    public boolean isWithheld() {
        return bytes == null && unread != Unread.NOTHING;
    }

    /** Gives the bytes back unsent and keeps the rest of the answer. */
    public FetchAnswer withoutBytes() {
        release();
        return new FetchAnswer(
                error,
                highWatermark,
                lastStableOffset,
                logStartOffset,
                null,
                List.of(),
                diverging,
                leader,
                Unread.REQUEST_LIMIT);
    }

    /** Gives the bytes back unsent. */
    public void release() {
        if (bytes != null) {
            bytes.release();
        }
    }

    /** The limit that kept records out of an answer. */
    public enum Unread {
        /** Everything that could be read is in the answer. */
        NOTHING,
        /** The partition's own limit. */
        PARTITION_LIMIT,
        /** The limit of the query, which other partitions have used up. */
        REQUEST_LIMIT
    }

    /** An aborted transaction and where it begins. */
    public record Aborted(long producerId, long firstOffset) {}

    /** The largest epoch both logs have, and where it ends in the leader's. */
    public record Diverging(int epoch, long endOffset) {}

    /** A leader and its epoch. */
    public record Leader(int leaderId, int leaderEpoch) {}
}
