package dev.weir.storage;

import java.nio.ByteBuffer;
import java.security.DigestException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;

/**
 * The newest offset of each key, in memory of a fixed size: keys are kept as 128 bits of SHA-256, so that nobody can make
 * two keys that are taken for one, in an open-addressed table that is never filled beyond a load factor. Not thread
 * safe.
 */
final class KeyOffsetMap {
    static final int SLOT_BYTES = 24;

    private static final int SLOT_LONGS = 3;
    private static final int MOST_SLOTS = (Integer.MAX_VALUE - 8) / SLOT_LONGS;

    /** Each slot is two words of the hash and the offset plus one; an empty slot has 0 there. */
    private final long[] table;

    private final int slots;
    private final int maxKeys;
    private final MessageDigest digest;
    private final byte[] hash = new byte[32];
    private final ByteBuffer hashView = ByteBuffer.wrap(hash);
    private int keys;

    private KeyOffsetMap(int slots, double loadFactor) {
        this.slots = slots;
        this.maxKeys = Math.max(1, Math.min(slots - 1, (int) (slots * loadFactor)));
        this.table = new long[slots * SLOT_LONGS];
        try {
            this.digest = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    /** A map of at most {@code bytes}, and no larger than {@code expectedKeys} need. */
    static KeyOffsetMap ofBytes(long bytes, long expectedKeys, double loadFactor) {
        double wanted = Math.ceil(Math.max(expectedKeys, 1) / loadFactor) + 1;
        int slots = (int) Math.max(2, Math.min(Math.min(bytes / SLOT_BYTES, MOST_SLOTS), wanted));
        return new KeyOffsetMap(slots, loadFactor);
    }

    /** Notes an offset, at least as large as any before; answers false, changing nothing, when a new key has no room. */
    boolean put(ByteBuffer key, long offset) {
        int slot = find(key);
        if (table[slot + 2] == 0) {
            if (keys == maxKeys) {
                return false;
            }
            keys++;
            table[slot] = hashView.getLong(0);
            table[slot + 1] = hashView.getLong(8);
        }
        table[slot + 2] = offset + 1;
        return true;
    }

    /** The newest offset of a key; -1 when it has none. */
    long get(ByteBuffer key) {
        return table[find(key) + 2] - 1;
    }

    int size() {
        return keys;
    }

    int capacity() {
        return maxKeys;
    }

    void clear() {
        Arrays.fill(table, 0);
        keys = 0;
    }

    /** Index in the table of the key's slot, or of the empty one where it belongs; leaves the key's hash behind. */
    private int find(ByteBuffer key) {
        digest.update(key.duplicate());
        try {
            digest.digest(hash, 0, hash.length);
        } catch (DigestException e) {
            throw new IllegalStateException(e);
        }
        long first = hashView.getLong(0);
        long second = hashView.getLong(8);
        int slot = (int) Long.remainderUnsigned(first, slots);
        while (true) {
            int at = slot * SLOT_LONGS;
            if (table[at + 2] == 0 || (table[at] == first && table[at + 1] == second)) {
                return at;
            }
            slot = slot + 1 == slots ? 0 : slot + 1;
        }
    }
}
