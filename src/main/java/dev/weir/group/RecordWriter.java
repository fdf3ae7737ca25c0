package dev.weir.group;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.function.BiConsumer;
import org.apache.kafka.common.Uuid;
import org.jspecify.annotations.Nullable;

/**
 * A growing byte array with the primitives of Kafka's schemas: big-endian numbers, and strings, bytes and arrays in the
 * plain form (fixed-size length) or the compact form (varint of length + 1). Used once per record.
 */
final class RecordWriter {
    private byte[] bytes;
    private int size;

    RecordWriter(int expectedSize) {
        this.bytes = new byte[expectedSize];
    }

    byte[] toByteArray() {
        return size == bytes.length ? bytes : Arrays.copyOf(bytes, size);
    }

    RecordWriter int8(int value) {
        ensure(1);
        bytes[size++] = (byte) value;
        return this;
    }

    RecordWriter int16(int value) {
        return int8(value >> 8).int8(value);
    }

    RecordWriter int32(int value) {
        return int16(value >> 16).int16(value);
    }

    RecordWriter int64(long value) {
        return int32((int) (value >> 32)).int32((int) value);
    }

    RecordWriter uuid(Uuid value) {
        return int64(value.getMostSignificantBits()).int64(value.getLeastSignificantBits());
    }

    RecordWriter varint(int value) {
        int rest = value;
        while ((rest & ~0x7f) != 0) {
            int8((rest & 0x7f) | 0x80);
            rest >>>= 7;
        }
        return int8(rest);
    }

    RecordWriter string(String value) {
        byte[] utf8 = value.getBytes(StandardCharsets.UTF_8);
        if (utf8.length > Short.MAX_VALUE) {
            throw new IllegalArgumentException("a string of " + utf8.length + " bytes does not fit the schema");
        }
        return int16(utf8.length).raw(utf8);
    }

    RecordWriter nullableString(@Nullable String value) {
        return value == null ? int16(-1) : string(value);
    }

    RecordWriter bytes(byte[] value) {
        return int32(value.length).raw(value);
    }

    RecordWriter compactString(String value) {
        return compactBytes(value.getBytes(StandardCharsets.UTF_8));
    }

    RecordWriter compactNullableString(@Nullable String value) {
        return value == null ? varint(0) : compactString(value);
    }

    RecordWriter compactBytes(byte[] value) {
        return varint(value.length + 1).raw(value);
    }

    <T> RecordWriter array(List<T> items, BiConsumer<RecordWriter, T> item) {
        int32(items.size());
        items.forEach(i -> item.accept(this, i));
        return this;
    }

    <T> RecordWriter compactArray(List<T> items, BiConsumer<RecordWriter, T> item) {
        varint(items.size() + 1);
        items.forEach(i -> item.accept(this, i));
        return this;
    }

    RecordWriter compactInts(List<Integer> values) {
        return compactArray(values, RecordWriter::int32);
    }

    RecordWriter noTags() {
        return varint(0);
    }

    /** A tagged section that holds one field. */
    RecordWriter oneTag(int tag, RecordWriter content) {
        varint(1).varint(tag).varint(content.size);
        return raw(content.toByteArray());
    }

    private RecordWriter raw(byte[] value) {
        ensure(value.length);
        System.arraycopy(value, 0, bytes, size, value.length);
        size += value.length;
        return this;
    }

    private void ensure(int more) {
        if (bytes.length - size < more) {
            bytes = Arrays.copyOf(bytes, Math.max(bytes.length * 2, size + more));
        }
    }
}
