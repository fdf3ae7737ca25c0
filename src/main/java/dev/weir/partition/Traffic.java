package dev.weir.partition;

import dev.weir.partition.client.PartitionFigures;

/** What has gone in and out of one partition since it was opened. Owned by its shard; plain counters of one thread. */
final class Traffic {
    private long bytesIn;
    private long recordsIn;
    private long bytesOut;
    private long produceFailures;
    private long fetchFailures;

    void appended(int bytes, int records) {
        bytesIn += bytes;
        recordsIn += records;
    }

    void refused() {
        produceFailures++;
    }

    void fetched(int bytes) {
        bytesOut += bytes;
    }

    void fetchFailed() {
        fetchFailures++;
    }

    PartitionFigures.Counts counts() {
        return new PartitionFigures.Counts(bytesIn, recordsIn, bytesOut, produceFailures, fetchFailures);
    }
}
