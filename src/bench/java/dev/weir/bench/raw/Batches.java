package dev.weir.bench.raw;

import java.nio.ByteBuffer;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.common.record.internal.CompressionType;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.MemoryRecordsBuilder;

/** Builds record batches once, to be sent again and again. */
final class Batches {
    private Batches() {}

    /**
     * A batch that is as full as a producer's would be.
     *
     * @param targetBytes the size the batch must not exceed, compressed; at least one record is in it
     */
    static Batch full(Payloads payloads, CompressionType codec, int targetBytes) {
        int records = 1;
        Batch fits = of(payloads, codec, records);
        int step = 1;
        while (step > 0) {
            Batch larger = of(payloads, codec, records + step);
            if (larger.bytes().remaining() <= targetBytes) {
                fits = larger;
                records += step;
                step *= 2;
            } else {
                step /= 2;
            }
        }
        return fits;
    }

    static Batch of(Payloads payloads, CompressionType codec, int records) {
        MemoryRecordsBuilder builder = MemoryRecords.builder(
                ByteBuffer.allocate(1 << 16), Compression.of(codec).build(), TimestampType.CREATE_TIME, 0L);
        long now = System.currentTimeMillis();
        long payloadBytes = 0;
        for (int i = 0; i < records; i++) {
            byte[] value = payloads.get(i);
            builder.append(now, null, value);
            payloadBytes += value.length;
        }
        return new Batch(builder.build().buffer(), records, payloadBytes);
    }

    /**
     * @param bytes the batch as it goes over the wire
     * @param records how many records it holds
     * @param payloadBytes the bytes of their values, uncompressed
     */
    record Batch(ByteBuffer bytes, int records, long payloadBytes) {}
}
