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
 */
public record FetchAnswer(
        Errors error,
        long highWatermark,
        long lastStableOffset,
        long logStartOffset,
        @Nullable FileBytes bytes,
        List<Aborted> aborted,
        @Nullable Diverging diverging,
        @Nullable Leader leader) {

    public static FetchAnswer failed(Errors error, @Nullable Leader leader) {
        return new FetchAnswer(error, -1, -1, -1, null, List.of(), null, leader);
    }

    /** The same with other ends, as they are when the answer leaves. */
    public FetchAnswer withEnds(long newHighWatermark, long newLastStableOffset) {
        return new FetchAnswer(
                error, newHighWatermark, newLastStableOffset, logStartOffset, bytes, aborted, diverging, leader);
    }

    /** Bytes of records. */
    public int size() {
        return bytes == null ? 0 : bytes.sizeInBytes();
    }

    /** Gives the bytes back unsent. */
    public void release() {
        if (bytes != null) {
            bytes.release();
        }
    }

    /** An aborted transaction and where it begins. */
    public record Aborted(long producerId, long firstOffset) {}

    /** The largest epoch both logs have, and where it ends in the leader's. */
    public record Diverging(int epoch, long endOffset) {}

    /** A leader and its epoch. */
    public record Leader(int leaderId, int leaderEpoch) {}
}
