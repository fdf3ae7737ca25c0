package dev.weir.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.protocol.types.ArrayOf;
import org.apache.kafka.common.protocol.types.CompactArrayOf;
import org.apache.kafka.common.protocol.types.SchemaException;
import org.apache.kafka.common.protocol.types.Type;
import org.apache.kafka.common.utils.internals.ByteUtils;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Field by field against the types of kafka-clients, and what damage does. */
class FieldsTest {
    private static final Uuid ID = new Uuid(Long.MIN_VALUE + 5, 77);
    private static final String LONG_TEXT = "\u00e4\u20ac\ud83d\ude00".repeat(40);

    static Stream<Arguments> fields() {
        return Stream.of(
                field(Type.INT8, (byte) -2, (out, v) -> out.int8(v), FieldReader::int8),
                field(Type.BOOLEAN, true, FieldWriter::bool, FieldReader::bool),
                field(Type.INT16, (short) -300, (out, v) -> out.int16(v), FieldReader::int16),
                field(Type.UINT16, 65_535, FieldWriter::int16, FieldReader::uint16),
                field(Type.INT32, -70_000, FieldWriter::int32, FieldReader::int32),
                field(Type.INT64, -5_000_000_000L, FieldWriter::int64, FieldReader::int64),
                field(Type.UUID, ID, FieldWriter::uuid, FieldReader::uuid),
                field(Type.STRING, "", FieldWriter::string, FieldReader::string),
                field(Type.STRING, LONG_TEXT, FieldWriter::string, FieldReader::string),
                field(Type.NULLABLE_STRING, "a", FieldWriter::nullableString, FieldReader::nullableString),
                field(Type.NULLABLE_STRING, null, FieldWriter::nullableString, FieldReader::nullableString),
                field(Type.COMPACT_STRING, "", FieldWriter::compactString, FieldReader::compactString),
                field(Type.COMPACT_STRING, LONG_TEXT, FieldWriter::compactString, FieldReader::compactString),
                field(
                        Type.COMPACT_NULLABLE_STRING,
                        "a",
                        FieldWriter::compactNullableString,
                        FieldReader::compactNullableString),
                field(
                        Type.COMPACT_NULLABLE_STRING,
                        null,
                        FieldWriter::compactNullableString,
                        FieldReader::compactNullableString),
                field(
                        new ArrayOf(Type.STRING),
                        List.of("a", LONG_TEXT),
                        (out, v) -> out.array(v, FieldWriter::string),
                        in -> in.array(FieldReader::string)),
                field(
                        new CompactArrayOf(Type.COMPACT_STRING),
                        List.of("a", ""),
                        (out, v) -> out.compactArray(v, FieldWriter::compactString),
                        in -> in.compactArray(FieldReader::compactString)),
                field(
                        new CompactArrayOf(Type.INT32),
                        IntStream.range(0, 200).boxed().toList(),
                        FieldWriter::compactInts,
                        FieldReader::compactInts),
                field(
                        new CompactArrayOf(Type.INT32),
                        List.of(1),
                        FieldWriter::compactInts,
                        FieldReader::compactNullableInts),
                field(
                        new CompactArrayOf(Type.UUID),
                        List.of(ID, ID),
                        FieldWriter::compactUuids,
                        FieldReader::compactUuids));
    }

    @ParameterizedTest
    @MethodSource("fields")
    void shouldWriteWhatKafkaWritesAndReadItBack(
            Type type,
            @Nullable Object value,
            BiConsumer<FieldWriter, @Nullable Object> writer,
            Function<FieldReader, @Nullable Object> reader) {
        // given
        Object known = value instanceof List<?> list ? list.toArray() : value;
        ByteBuffer theirs = ByteBuffer.allocate(type.sizeOf(known));
        type.write(theirs, known);

        // when
        FieldWriter out = new FieldWriter(1);
        writer.accept(out, value);

        // then
        assertThat(out.toBytes()).isEqualTo(theirs.array());
        FieldReader in = new FieldReader(theirs.flip());
        assertThat(reader.apply(in)).isEqualTo(value);
        assertThat(in.remaining()).isZero();
        assertThat(IntStream.range(0, theirs.limit()).mapToObj(n -> Arrays.copyOf(theirs.array(), n)))
                .allSatisfy(cut -> assertRefused(cut, reader::apply));
    }

    @ParameterizedTest
    @MethodSource("bytes")
    void shouldReadBytesBack(BiConsumer<FieldWriter, byte[]> writer, Function<FieldReader, byte[]> reader, Type type) {
        byte[] value = {1, 2, 3};
        FieldWriter out = new FieldWriter(1);
        writer.accept(out, value);

        assertThat(reader.apply(new FieldReader(ByteBuffer.wrap(out.toBytes()))))
                .isEqualTo(value);
        assertThat((ByteBuffer) type.read(ByteBuffer.wrap(out.toBytes()))).isEqualTo(ByteBuffer.wrap(value));
    }

    static Stream<Arguments> bytes() {
        BiConsumer<FieldWriter, byte[]> plain = FieldWriter::bytes;
        BiConsumer<FieldWriter, byte[]> compact = FieldWriter::compactBytes;
        Function<FieldReader, byte[]> readPlain = FieldReader::bytes;
        Function<FieldReader, byte[]> readCompact = FieldReader::compactBytes;
        return Stream.of(
                Arguments.of(plain, readPlain, Type.BYTES), Arguments.of(compact, readCompact, Type.COMPACT_BYTES));
    }

    @Test
    void shouldReadKnownTagsAndSkipOthers() {
        // given
        FieldWriter out = new FieldWriter(1);
        new TagWriter()
                .add(true, 0, tag -> tag.int32(5))
                .add(false, 1, tag -> tag.int32(6))
                .add(true, 300, tag -> tag.compactString(LONG_TEXT))
                .writeTo(out);
        out.oneTag(7, new FieldWriter(8).int64(9)).noTags().int8(3);

        // when
        FieldReader in = new FieldReader(ByteBuffer.wrap(out.toBytes()));
        List<Object> read = new ArrayList<>();
        in.tags(Map.of(300, () -> read.add(in.compactString()), 1, () -> read.add(in.int32())));

        // then
        assertThat(read).containsExactly(LONG_TEXT);
        assertThat(in.<Long>tag(7, FieldReader::int64)).isEqualTo(9);
        assertThat(in.<Long>tag(7, FieldReader::int64)).isNull();
        assertThat(in.int8()).isEqualTo((byte) 3);
    }

    static Stream<Arguments> damage() {
        return Stream.of(
                damage("a varint without an end", new byte[] {-1, -1, -1, -1, -1, -1}, FieldReader::varint),
                damage("null where none may be", new byte[] {-1, -1}, FieldReader::string),
                damage("null where none may be, compact", new byte[] {0}, FieldReader::compactString),
                damage("a null array", new byte[] {0}, FieldReader::compactInts),
                damage("a huge array", varint(Integer.MAX_VALUE), FieldReader::compactInts),
                damage("a huge plain array", new byte[] {127, -1, -1, -1}, in -> in.array(FieldReader::int8)),
                damage("a negative length", new byte[] {-128, 0, 0, 0}, FieldReader::bytes),
                damage("a negative count of tags", varint(-1), FieldReader::skipTags),
                damage("a huge tag", new byte[] {1, 0, 100, 1}, FieldReader::skipTags),
                damage(
                        "a tag that is longer than it says",
                        new byte[] {1, 0, 2, 1, 2, 3, 4},
                        in -> in.tag(0, FieldReader::int32)));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("damage")
    void shouldRefuse(String name, byte[] bytes, Consumer<FieldReader> reader) {
        assertRefused(bytes, reader);
    }

    @Test
    void shouldNotWriteAStringThatIsTooLongForItsForm() {
        assertThatThrownBy(() -> new FieldWriter(1).string("x".repeat(Short.MAX_VALUE + 1)))
                .isInstanceOf(IllegalArgumentException.class);
    }

    private static void assertRefused(byte[] bytes, Consumer<FieldReader> reader) {
        assertThatThrownBy(() -> reader.accept(new FieldReader(ByteBuffer.wrap(bytes))))
                .isInstanceOf(SchemaException.class);
    }

    private static <T> Arguments field(
            Type type, @Nullable T value, BiConsumer<FieldWriter, T> writer, Function<FieldReader, ?> reader) {
        return Arguments.of(type, value, writer, reader);
    }

    private static Arguments damage(String name, byte[] bytes, Consumer<FieldReader> reader) {
        return Arguments.of(name, bytes, reader);
    }

    private static byte[] varint(int value) {
        ByteBuffer buffer = ByteBuffer.allocate(5);
        ByteUtils.writeUnsignedVarint(value, buffer);
        return Arrays.copyOf(buffer.array(), buffer.position());
    }
}
