package dev.weir.partition.client;

import org.apache.kafka.common.TopicPartition;

/**
 * The size, the position and the counters of one replica.
 *
 * @param name its name
 * @param sizeBytes bytes of its segments
 * @param logStartOffset first offset of the log
 * @param highWatermark offset below which records are committed
 * @param leader whether this broker leads it
 * @param underReplicated whether it leads it with fewer replicas in sync than there are, those that are being added left out
 * @param underMinIsr whether it leads it with fewer replicas in sync than must be for records to be committed
 * @param atMinIsr whether it leads it with just as many
 * @param counts what has gone in and out
 */
public record PartitionStats(
        TopicPartition name,
        long sizeBytes,
        long logStartOffset,
        long highWatermark,
        boolean leader,
        boolean underReplicated,
        boolean underMinIsr,
        boolean atMinIsr,
        Counts counts) {

    /**
     * Since the partition was opened.
     *
     * @param bytesIn bytes of batches appended by clients and coordinators
     * @param recordsIn their records
     * @param bytesOut bytes of batches sent to consumers
     * @param produceFailures batches refused
     * @param fetchFailures fetches that the log could not serve since the disk failed
     */
    public record Counts(long bytesIn, long recordsIn, long bytesOut, long produceFailures, long fetchFailures) {

        /** The traffic of both. */
        public Counts plus(Counts other) {
            return new Counts(
                    bytesIn + other.bytesIn,
                    recordsIn + other.recordsIn,
                    bytesOut + other.bytesOut,
                    produceFailures + other.produceFailures,
                    fetchFailures + other.fetchFailures);
        }
    }
}
