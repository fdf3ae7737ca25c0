package dev.weir.bench.raw;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.kafka.common.message.FetchRequestData;
import org.apache.kafka.common.message.FetchRequestData.FetchPartition;
import org.apache.kafka.common.message.FetchRequestData.FetchTopic;
import org.apache.kafka.common.message.FetchResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.record.internal.MemoryRecords;

/**
 * A Fetch request for some partitions, built once; before each write only the offsets in it change. The sizes
 * are the Java consumer's defaults. Outside any fetch session. One thread uses it.
 */
final class FetchFrame {
    static final short VERSION = 12;

    /** Shorter than the consumer's: at the end of a round the last request waits in vain for so long. */
    private static final int MAX_WAIT_MS = 50;

    private static final int MAX_BYTES = 50 << 20;
    private static final int PARTITION_MAX_BYTES = 1 << 20;
    private static final int FINAL_EPOCH = -1;

    /** Offsets that occur nowhere else in the frame, to find the places of the real ones. */
    private static final long MARK = 0x7eedfeed5eed0000L;

    private final ByteBuffer frame;
    private final int[] places;
    private final long[] offsets;
    private final int firstPartition;
    private final boolean repeat;

    /**
     * @param repeat whether a partition that was read to its end is read again from the beginning
     */
    FetchFrame(String topic, int firstPartition, int partitions, boolean repeat) {
        this.repeat = repeat;
        this.firstPartition = firstPartition;
        List<FetchPartition> asked = IntStream.range(0, partitions)
                .mapToObj(i -> new FetchPartition()
                        .setPartition(firstPartition + i)
                        .setFetchOffset(MARK + i)
                        .setPartitionMaxBytes(PARTITION_MAX_BYTES))
                .toList();
        frame = Frames.request(
                ApiKeys.FETCH,
                VERSION,
                new FetchRequestData()
                        .setMaxWaitMs(MAX_WAIT_MS)
                        .setMinBytes(1)
                        .setMaxBytes(MAX_BYTES)
                        .setSessionEpoch(FINAL_EPOCH)
                        .setTopics(List.of(new FetchTopic().setTopic(topic).setPartitions(asked))));
        offsets = new long[partitions];
        places = IntStream.range(0, partitions)
                .map(i -> placeOf(frame, MARK + i))
                .toArray();
    }

    /** The frame that asks for what follows the records received so far. */
    ByteBuffer bytes() {
        for (int i = 0; i < places.length; i++) {
            frame.putLong(places[i], offsets[i]);
        }
        return frame;
    }

    /** Moves behind the records of an answer and tells their bytes; throws if the broker refused. */
    Received accept(ByteBuffer answer) {
        FetchResponseData response = new FetchResponseData(Frames.body(answer, ApiKeys.FETCH, VERSION), VERSION);
        Errors.forCode(response.errorCode()).maybeThrow();
        Received received = Received.NOTHING;
        for (var topic : response.responses()) {
            for (var partition : topic.partitions()) {
                Errors.forCode(partition.errorCode()).maybeThrow();
                if (partition.records() instanceof MemoryRecords records) {
                    received = received.plus(advance(partition.partitionIndex() - firstPartition, records.buffer()));
                }
                if (repeat && offsets[partition.partitionIndex() - firstPartition] >= partition.highWatermark()) {
                    offsets[partition.partitionIndex() - firstPartition] = 0;
                }
            }
        }
        return received;
    }

    /** Steps over whole batches; the last one may be cut, and is then fetched again. */
    private Received advance(int partition, ByteBuffer records) {
        Received received = Received.NOTHING;
        int position = records.position();
        while (records.limit() - position >= BatchHeader.BYTES) {
            int size = BatchHeader.sizeInBytes(records, position);
            if (size > records.limit() - position) {
                break;
            }
            offsets[partition] = BatchHeader.nextOffset(records, position);
            received = received.plus(new Received(BatchHeader.records(records, position), size));
            position += size;
        }
        return received;
    }

    private static int placeOf(ByteBuffer frame, long mark) {
        for (int i = 0; i + Long.BYTES <= frame.limit(); i++) {
            if (frame.getLong(i) == mark) {
                return i;
            }
        }
        throw new IllegalStateException("the offset is not in the frame");
    }

    /** Records and bytes on the wire, whole batches only. */
    record Received(long records, long bytes) {
        static final Received NOTHING = new Received(0, 0);

        Received plus(Received more) {
            return new Received(records + more.records, bytes + more.bytes);
        }
    }
}
