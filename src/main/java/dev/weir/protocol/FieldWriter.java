package dev.weir.protocol;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.function.BiConsumer;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.utils.internals.ByteUtils;
import org.jspecify.annotations.Nullable;

/**
 * Writes what {@link FieldReader} reads into a buffer that grows, which the writers of kafka-clients don't. Used by one thread,
 * for one record.
 */
public final class FieldWriter {
    private static final int MAX_VARINT_BYTES = 5;

    private ByteBuffer buffer;

    /** @param expectedBytes room to begin with; it grows where there is more */
    public FieldWriter(int expectedBytes) {
        this.buffer = ByteBuffer.allocate(expectedBytes);
    }

    public FieldWriter int8(int value) {
        room(Byte.BYTES).put((byte) value);
        return this;
    }

    public FieldWriter bool(boolean value) {
        return int8(value ? 1 : 0);
    }

    public FieldWriter int16(int value) {
        room(Short.BYTES).putShort((short) value);
        return this;
    }

    public FieldWriter int32(int value) {
        room(Integer.BYTES).putInt(value);
        return this;
    }

    public FieldWriter int64(long value) {
        room(Long.BYTES).putLong(value);
        return this;
    }

    public FieldWriter uuid(Uuid value) {
        return int64(value.getMostSignificantBits()).int64(value.getLeastSignificantBits());
    }

    /** An unsigned varint. */
    public FieldWriter varint(int value) {
        ByteUtils.writeUnsignedVarint(value, room(MAX_VARINT_BYTES));
        return this;
    }

    /** @throws IllegalArgumentException if it is longer than the form allows, 32,767 bytes */
    public FieldWriter string(String value) {
        byte[] utf8 = value.getBytes(StandardCharsets.UTF_8);
        if (utf8.length > Short.MAX_VALUE) {
            throw new IllegalArgumentException("a string of " + utf8.length + " bytes does not fit the schema");
        }
        return int16(utf8.length).raw(utf8);
    }

    public FieldWriter nullableString(@Nullable String value) {
        return value == null ? int16(-1) : string(value);
    }

    public FieldWriter compactString(String value) {
        return compactBytes(value.getBytes(StandardCharsets.UTF_8));
    }

    public FieldWriter compactNullableString(@Nullable String value) {
        return value == null ? varint(0) : compactString(value);
    }

    public FieldWriter bytes(byte[] value) {
        return int32(value.length).raw(value);
    }

    public FieldWriter compactBytes(byte[] value) {
        return varint(value.length + 1).raw(value);
    }

    public <T> FieldWriter array(List<T> values, BiConsumer<FieldWriter, T> element) {
        int32(values.size());
        values.forEach(value -> element.accept(this, value));
        return this;
    }

    public <T> FieldWriter compactArray(List<T> values, BiConsumer<FieldWriter, T> element) {
        varint(values.size() + 1);
        values.forEach(value -> element.accept(this, value));
        return this;
    }

    public FieldWriter compactInts(List<Integer> values) {
        return compactArray(values, FieldWriter::int32);
    }

    public FieldWriter compactUuids(List<Uuid> values) {
        return compactArray(values, FieldWriter::uuid);
    }

    /** An empty set of tagged fields, which ends every structure that has none. */
    public FieldWriter noTags() {
        return varint(0);
    }

    /** A set of one tagged field. */
    public FieldWriter oneTag(int tag, FieldWriter content) {
        return varint(1).tag(tag, content);
    }

    /** One tagged field of a set whose size is written. */
    FieldWriter tag(int tag, FieldWriter content) {
        varint(tag).varint(content.buffer.position());
        room(content.buffer.position()).put(content.buffer.array(), 0, content.buffer.position());
        return this;
    }

    /** What has been written. */
    public byte[] toBytes() {
        return buffer.hasRemaining() ? Arrays.copyOf(buffer.array(), buffer.position()) : buffer.array();
    }

    private FieldWriter raw(byte[] value) {
        room(value.length).put(value);
        return this;
    }

    private ByteBuffer room(int bytes) {
        if (buffer.remaining() < bytes) {
            int capacity = Math.max(buffer.capacity() * 2, buffer.position() + bytes);
            buffer = ByteBuffer.wrap(Arrays.copyOf(buffer.array(), capacity)).position(buffer.position());
        }
        return buffer;
    }
}
