package dev.weir.metadata.record;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.function.BiConsumer;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.utils.internals.ByteUtils;
import org.jspecify.annotations.Nullable;

/** Writes the field types of Kafka's flexible encoding into a buffer that grows. Used by one thread, for one record. */
public final class FieldWriter {
    private static final int MAX_VARINT_BYTES = 5;

    private ByteBuffer buffer = ByteBuffer.allocate(128);

    void int8(int value) {
        room(Byte.BYTES).put((byte) value);
    }

    void bool(boolean value) {
        int8(value ? 1 : 0);
    }

    void int16(int value) {
        room(Short.BYTES).putShort((short) value);
    }

    void int32(int value) {
        room(Integer.BYTES).putInt(value);
    }

    void int64(long value) {
        room(Long.BYTES).putLong(value);
    }

    void unsignedVarint(int value) {
        ByteUtils.writeUnsignedVarint(value, room(MAX_VARINT_BYTES));
    }

    void uuid(Uuid value) {
        int64(value.getMostSignificantBits());
        int64(value.getLeastSignificantBits());
    }

    void string(String value) {
        byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
        unsignedVarint(bytes.length + 1);
        room(bytes.length).put(bytes);
    }

    void nullableString(@Nullable String value) {
        if (value == null) {
            unsignedVarint(0);
        } else {
            string(value);
        }
    }

    <T> void array(List<T> values, BiConsumer<FieldWriter, T> element) {
        unsignedVarint(values.size() + 1);
        for (T value : values) {
            element.accept(this, value);
        }
    }

    void int32Array(List<Integer> values) {
        array(values, FieldWriter::int32);
    }

    void uuidArray(List<Uuid> values) {
        array(values, FieldWriter::uuid);
    }

    /** An empty set of tagged fields, which ends every structure that has none. */
    void noTags() {
        unsignedVarint(0);
    }

    void bytes(byte[] value) {
        room(value.length).put(value);
    }

    byte[] toBytes() {
        return Arrays.copyOf(buffer.array(), buffer.position());
    }

    private ByteBuffer room(int bytes) {
        if (buffer.remaining() < bytes) {
            int capacity = Math.max(buffer.capacity() * 2, buffer.position() + bytes);
            buffer = ByteBuffer.wrap(Arrays.copyOf(buffer.array(), capacity)).position(buffer.position());
        }
        return buffer;
    }
}
