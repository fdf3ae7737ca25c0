package dev.weir.storage.batch;

import dev.weir.config.LogConfig;

/**
 * The rules and numbers under which one batch is validated and stamped.
 *
 * @param config the log's settings: size, time stamps, compression, compaction
 * @param origin who wrote the batch
 * @param nextOffset the offset that the batch's first record gets
 * @param leaderEpoch the partition leader epoch to stamp on the batch
 * @param nowMs the broker's clock, milliseconds since the epoch
 * @param zstdAllowed whether the request's version may carry zstd (Produce 7 and later)
 * @param transactionsAllowed whether a client may send transactional batches
 */
public record AppendContext(
        LogConfig config,
        AppendOrigin origin,
        long nextOffset,
        int leaderEpoch,
        long nowMs,
        boolean zstdAllowed,
        boolean transactionsAllowed) {}
