package dev.weir.controller.log;

/**
 * When a snapshot of the metadata is due.
 *
 * @param bytes {@code metadata.log.max.record.bytes.between.snapshots}: log bytes since the last one
 * @param intervalMs {@code metadata.log.max.snapshot.interval.ms}: time since the last one, where anything changed; 0 for
 *     never
 */
public record SnapshotPolicy(long bytes, long intervalMs) {
    boolean isDue(long bytesSince, long elapsedMs) {
        return bytesSince >= bytes || (bytesSince > 0 && intervalMs > 0 && elapsedMs >= intervalMs);
    }
}
