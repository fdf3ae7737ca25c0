package dev.weir.partition;

import dev.weir.partition.client.PartitionStats;
import java.util.concurrent.atomic.LongAdder;

/**
 * The counters of one replica since it was opened, which a scrape sums by topic. Owned by its shard; plain counters of one
 * thread, except for the bytes out, which the event loops count as they send them.
 */
final class TopicCounters {
    private long bytesIn;
    private long recordsIn;
    private final LongAdder bytesOut = new LongAdder();
    private long produceFailures;
    private long fetchFailures;

    void appended(int bytes, int records) {
        bytesIn += bytes;
        recordsIn += records;
    }

    void refused() {
        produceFailures++;
    }

    /** Bytes have been sent to a consumer. May be called from any thread. */
    void sent(long bytes) {
        bytesOut.add(bytes);
    }

    void fetchFailed() {
        fetchFailures++;
    }

    PartitionStats.Counts counts() {
        return new PartitionStats.Counts(bytesIn, recordsIn, bytesOut.sum(), produceFailures, fetchFailures);
    }
}
