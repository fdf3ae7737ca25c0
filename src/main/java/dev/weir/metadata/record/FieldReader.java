package dev.weir.metadata.record;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.utils.internals.ByteUtils;
import org.jspecify.annotations.Nullable;

/**
 * Reads the field types of Kafka's flexible encoding. A length is checked against what is left before anything is
 * allocated; a violation is a {@link MetadataFormatException} or a {@link java.nio.BufferUnderflowException}.
 */
final class FieldReader {
    private final ByteBuffer buffer;

    FieldReader(ByteBuffer buffer) {
        this.buffer = buffer;
    }

    byte int8() {
        return buffer.get();
    }

    boolean bool() {
        return buffer.get() != 0;
    }

    short int16() {
        return buffer.getShort();
    }

    int uint16() {
        return Short.toUnsignedInt(buffer.getShort());
    }

    int int32() {
        return buffer.getInt();
    }

    long int64() {
        return buffer.getLong();
    }

    int unsignedVarint() {
        return ByteUtils.readUnsignedVarint(buffer);
    }

    Uuid uuid() {
        return new Uuid(buffer.getLong(), buffer.getLong());
    }

    String string() {
        String value = nullableString();
        if (value == null) {
            throw new MetadataFormatException("null where a string is required");
        }
        return value;
    }

    @Nullable
    String nullableString() {
        int length = length();
        if (length < 0) {
            return null;
        }
        byte[] bytes = new byte[length];
        buffer.get(bytes);
        return new String(bytes, StandardCharsets.UTF_8);
    }

    <T> List<T> array(Function<FieldReader, T> element) {
        int length = length();
        List<T> values = new ArrayList<>(Math.max(length, 0));
        for (int i = 0; i < length; i++) {
            values.add(element.apply(this));
        }
        return List.copyOf(values);
    }

    List<Integer> int32Array() {
        return array(FieldReader::int32);
    }

    List<Uuid> uuidArray() {
        return array(FieldReader::uuid);
    }

    /** Reads the tagged fields that end a structure; those without a reader here are skipped. */
    void tags(Map<Integer, Runnable> readers) {
        int count = unsignedVarint();
        for (int i = 0; i < count; i++) {
            int tag = unsignedVarint();
            int size = unsignedVarint();
            if (size < 0 || size > buffer.remaining()) {
                throw new MetadataFormatException("tagged field " + tag + " claims " + size + " bytes");
            }
            int end = buffer.position() + size;
            Runnable reader = readers.get(tag);
            if (reader != null) {
                reader.run();
            }
            buffer.position(end);
        }
    }

    void noTags() {
        tags(Map.of());
    }

    int remaining() {
        return buffer.remaining();
    }

    /** The length of a string or an array, -1 for null; every element takes at least one byte. */
    private int length() {
        int length = unsignedVarint() - 1;
        if (length > buffer.remaining()) {
            throw new MetadataFormatException("length " + length + " with " + buffer.remaining() + " bytes left");
        }
        return length;
    }
}
