package dev.weir.bench.raw;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;

/**
 * Record values that look like what services write: JSON-like lines of words and numbers, which compress to less than half. The same in
 * every run. Values repeat only after {@link #POOL} records, so that a codec finds words, not whole copies, in a batch.
 */
public final class Payloads {
    private static final int POOL = 1024;
    private static final String[] WORDS = {
        "order", "customer", "status", "created", "amount", "currency", "shipping", "address", "pending", "confirmed",
        "warehouse", "quantity", "product", "category", "price", "discount", "session", "device", "region", "channel"
    };

    private final byte[][] values;

    public Payloads(int bytes) {
        Random random = new Random(bytes);
        values = new byte[POOL][];
        for (int i = 0; i < POOL; i++) {
            values[i] = value(random, bytes);
        }
    }

    public byte[] get(long index) {
        return values[(int) (index & (POOL - 1))];
    }

    private static byte[] value(Random random, int bytes) {
        StringBuilder text = new StringBuilder(bytes + 64).append('{');
        while (text.length() < bytes) {
            text.append('"')
                    .append(WORDS[random.nextInt(WORDS.length)])
                    .append("\":\"")
                    .append(Long.toString(random.nextLong() >>> 16, 36))
                    .append("\",");
        }
        return Arrays.copyOf(text.toString().getBytes(StandardCharsets.US_ASCII), bytes);
    }
}
