package dev.weir.group;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import org.apache.kafka.common.Uuid;
import org.jspecify.annotations.Nullable;

/**
 * Reads what {@link RecordWriter} writes. Every length is checked against what is left, so that a damaged record ends in
 * {@link MalformedRecordException} and never in a large allocation.
 */
final class RecordReader {
    private final byte[] bytes;
    private int position;

    RecordReader(byte[] bytes) {
        this.bytes = bytes;
    }

    byte int8() {
        need(1);
        return bytes[position++];
    }

    short int16() {
        need(2);
        int value = (bytes[position] << 8) | (bytes[position + 1] & 0xff);
        position += 2;
        return (short) value;
    }

    int int32() {
        return (int16() << 16) | (int16() & 0xffff);
    }

    long int64() {
        return ((long) int32() << 32) | (int32() & 0xffff_ffffL);
    }

    Uuid uuid() {
        return new Uuid(int64(), int64());
    }

    int varint() {
        int value = 0;
        for (int shift = 0; shift < 35; shift += 7) {
            byte next = int8();
            value |= (next & 0x7f) << shift;
            if (next >= 0) {
                return value;
            }
        }
        throw new MalformedRecordException("a varint of more than five bytes");
    }

    String string() {
        return utf8(int16());
    }

    @Nullable
    String nullableString() {
        short length = int16();
        return length == -1 ? null : utf8(length);
    }

    byte[] bytes() {
        return raw(int32());
    }

    String compactString() {
        return utf8(varint() - 1);
    }

    @Nullable
    String compactNullableString() {
        int length = varint() - 1;
        return length == -1 ? null : utf8(length);
    }

    byte[] compactBytes() {
        return raw(varint() - 1);
    }

    <T> List<T> array(Function<RecordReader, T> item) {
        return items(int32(), item);
    }

    <T> List<T> compactArray(Function<RecordReader, T> item) {
        return items(varint() - 1, item);
    }

    List<Integer> compactInts() {
        return compactArray(RecordReader::int32);
    }

    @Nullable
    List<Integer> compactNullableInts() {
        int count = varint() - 1;
        return count == -1 ? null : items(count, RecordReader::int32);
    }

    /** Reads a tagged section: the field of {@code tag} if it is there, and skips all others. */
    <T> @Nullable T tag(int tag, Function<RecordReader, @Nullable T> field) {
        T found = null;
        int count = varint();
        for (int i = 0; i < count; i++) {
            int at = varint();
            int length = varint();
            need(length);
            int end = position + length;
            if (at == tag) {
                found = field.apply(this);
            }
            position = end;
        }
        return found;
    }

    void skipTags() {
        tag(-1, r -> null);
    }

    private <T> List<T> items(int count, Function<RecordReader, T> item) {
        need(count);
        List<T> items = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            items.add(item.apply(this));
        }
        return items;
    }

    private String utf8(int length) {
        need(length);
        String value = new String(bytes, position, length, StandardCharsets.UTF_8);
        position += length;
        return value;
    }

    private byte[] raw(int length) {
        need(length);
        position += length;
        return Arrays.copyOfRange(bytes, position - length, position);
    }

    private void need(int length) {
        if (length < 0 || length > bytes.length - position) {
            throw new MalformedRecordException(
                    "needs " + length + " bytes at " + position + ", the record has " + bytes.length);
        }
    }
}
