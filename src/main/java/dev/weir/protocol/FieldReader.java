package dev.weir.protocol;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.IntConsumer;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.protocol.ByteBufferAccessor;
import org.apache.kafka.common.protocol.types.SchemaException;
import org.jspecify.annotations.Nullable;

/**
 * Reads the field types of Kafka's schemas: big-endian numbers, and strings, bytes and arrays in the plain form (a length of
 * fixed size) or the compact form of flexible versions (a varint of length + 1). The primitives are those of kafka-clients.
 *
 * <p>Every length is checked against what is left before anything is allocated; whatever does not follow a schema ends in a
 * {@link SchemaException}. Used by one thread, for one record.
 */
public final class FieldReader {
    private static final int NULL = -1;

    private final ByteBuffer buffer;
    private final ByteBufferAccessor in;

    /** Reads from the buffer's position to its limit, and moves its position. */
    public FieldReader(ByteBuffer buffer) {
        this.buffer = buffer;
        this.in = new ByteBufferAccessor(buffer);
    }

    public byte int8() {
        need(Byte.BYTES);
        return in.readByte();
    }

    public boolean bool() {
        return int8() != 0;
    }

    public short int16() {
        need(Short.BYTES);
        return in.readShort();
    }

    public int uint16() {
        return Short.toUnsignedInt(int16());
    }

    public int int32() {
        need(Integer.BYTES);
        return in.readInt();
    }

    public long int64() {
        need(Long.BYTES);
        return in.readLong();
    }

    public Uuid uuid() {
        need(2 * Long.BYTES);
        return in.readUuid();
    }

    /** An unsigned varint. */
    public int varint() {
        try {
            return in.readUnsignedVarint();
        } catch (BufferUnderflowException | IllegalArgumentException e) {
            throw new SchemaException("no varint at " + buffer.position(), e);
        }
    }

    public String string() {
        return text(int16());
    }

    public @Nullable String nullableString() {
        int length = int16();
        return length == NULL ? null : text(length);
    }

    public String compactString() {
        return text(varint() - 1);
    }

    public @Nullable String compactNullableString() {
        int length = varint() - 1;
        return length == NULL ? null : text(length);
    }

    public byte[] bytes() {
        return raw(int32());
    }

    public byte[] compactBytes() {
        return raw(varint() - 1);
    }

    public <T> List<T> array(Function<FieldReader, T> element) {
        return elements(int32(), element);
    }

    public <T> List<T> compactArray(Function<FieldReader, T> element) {
        return elements(varint() - 1, element);
    }

    public List<Integer> compactInts() {
        return compactArray(FieldReader::int32);
    }

    public @Nullable List<Integer> compactNullableInts() {
        int count = varint() - 1;
        return count == NULL ? null : elements(count, FieldReader::int32);
    }

    public List<Uuid> compactUuids() {
        return compactArray(FieldReader::uuid);
    }

    /** Reads the tagged fields that end a structure; those without a reader here are skipped. */
    public void tags(Map<Integer, Runnable> readers) {
        eachTag(tag -> {
            Runnable reader = readers.get(tag);
            if (reader != null) {
                reader.run();
            }
        });
    }

    private void eachTag(IntConsumer reader) {
        int count = varint();
        need(count);
        for (int i = 0; i < count; i++) {
            int tag = varint();
            int size = varint();
            need(size);
            int end = buffer.position() + size;
            reader.accept(tag);
            if (buffer.position() > end) {
                throw new SchemaException("a tagged field goes beyond its " + size + " bytes");
            }
            buffer.position(end);
        }
    }

    /** Reads the tagged fields that end a structure, of which only this one is known; null where it is not there. */
    public <T> @Nullable T tag(int tag, Function<FieldReader, @Nullable T> field) {
        Tagged<Optional<T>> found = new Tagged<>(Optional.empty());
        eachTag(at -> {
            if (at == tag) {
                found.set(Optional.ofNullable(field.apply(this)));
            }
        });
        return found.get().orElse(null);
    }

    /** Skips the tagged fields that end a structure, of which none is known. */
    public void skipTags() {
        eachTag(tag -> {});
    }

    /** Bytes that are left. */
    public int remaining() {
        return buffer.remaining();
    }

    private <T> List<T> elements(int count, Function<FieldReader, T> element) {
        // every element takes at least one byte
        need(count);
        List<T> values = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            values.add(element.apply(this));
        }
        return Collections.unmodifiableList(values);
    }

    private String text(int length) {
        need(length);
        return in.readString(length);
    }

    private byte[] raw(int length) {
        need(length);
        return in.readArray(length);
    }

    private void need(int bytes) {
        if (bytes < 0 || bytes > buffer.remaining()) {
            throw new SchemaException("needs " + bytes + " bytes at " + buffer.position() + ", of " + buffer.limit());
        }
    }
}
