package dev.weir.group.record;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.protocol.types.SchemaException;
import org.apache.kafka.coordinator.common.runtime.CoordinatorRecordSerde;
import org.apache.kafka.coordinator.group.GroupCoordinatorRecordSerde;
import org.apache.kafka.coordinator.group.generated.GroupMetadataKey;
import org.apache.kafka.coordinator.group.generated.GroupMetadataValue;
import org.apache.kafka.coordinator.group.generated.LegacyOffsetCommitKey;
import org.apache.kafka.coordinator.group.generated.LegacyOffsetCommitValue;
import org.apache.kafka.coordinator.group.generated.OffsetCommitKey;
import org.apache.kafka.coordinator.group.generated.OffsetCommitValue;
import org.apache.kafka.server.common.ApiMessageAndVersion;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Kafka's own coordinator is the peer: it reads what is written here, and what it writes is read here. */
class GroupRecordCodecTest {
    private static final CoordinatorRecordSerde KAFKA = new GroupCoordinatorRecordSerde();
    private static final byte[] GROUP = bytes(0, 2, 0, 1, 'g');
    private static final byte[] EPOCH = bytes(0, 3, 0, 1, 'g');
    private static final byte[] REGEX = bytes(0, 16, 0, 1, 'g', 0, 1, 'r');

    static Stream<GroupRecord> samples() {
        return GroupRecordSamples.all();
    }

    @ParameterizedTest
    @MethodSource("samples")
    void shouldReadBackWhatItWrote(GroupRecord record) {
        // when
        GroupRecord read = GroupRecordCodec.decode(GroupRecordCodec.encode(record));

        // then
        assertThat(read).usingRecursiveComparison().isEqualTo(record);
    }

    @ParameterizedTest
    @MethodSource("samples")
    void shouldWriteTheBytesThatKafkaWrites(GroupRecord record) {
        // given
        CoordinatorRecord ours = GroupRecordCodec.encode(record);

        // when
        var theirs = KAFKA.deserialize(ByteBuffer.wrap(ours.key()), buffer(ours.value()));

        // then
        assertThat(KAFKA.serializeKey(theirs)).isEqualTo(ours.key());
        assertThat(KAFKA.serializeValue(theirs)).isEqualTo(ours.value());
    }

    @ParameterizedTest
    @ValueSource(shorts = {0, 1, 2, 3, 4})
    void shouldReadOffsetsOfEveryVersion(short version) {
        // given
        var value = new OffsetCommitValue()
                .setOffset(77)
                .setLeaderEpoch(version >= 3 ? 8 : -1)
                .setMetadata("meta")
                .setCommitTimestamp(123)
                .setExpireTimestamp(version == 1 ? 456 : -1)
                .setTopicId(version >= 4 ? GroupRecordSamples.TOPIC : Uuid.ZERO_UUID);
        var key = new OffsetCommitKey().setGroup("g").setTopic("t").setPartition(9);

        // when
        GroupRecord read = read(kafka(key, value, version));

        // then
        assertThat(read)
                .isEqualTo(new GroupRecord.OffsetCommit(
                        "g",
                        "t",
                        9,
                        new CommittedOffset(
                                77,
                                version >= 3 ? 8 : -1,
                                "meta",
                                123,
                                version == 1 ? 456 : -1,
                                version >= 4 ? GroupRecordSamples.TOPIC : Uuid.ZERO_UUID)));
    }

    @Test
    void shouldReadALegacyOffset() {
        // given
        var value =
                new LegacyOffsetCommitValue().setOffset(77).setMetadata("meta").setCommitTimestamp(123);
        var key = new LegacyOffsetCommitKey().setGroup("g").setTopic("t").setPartition(9);

        // when
        GroupRecord read = read(kafka(key, value, (short) 0));

        // then
        assertThat(read)
                .isEqualTo(new GroupRecord.OffsetCommit(
                        "g", "t", 9, new CommittedOffset(77, -1, "meta", 123, -1, Uuid.ZERO_UUID)));
    }

    @ParameterizedTest
    @ValueSource(shorts = {0, 1, 2, 3, 4})
    void shouldReadClassicGroupsOfEveryVersion(short version) {
        // given
        var member = new GroupMetadataValue.MemberMetadata()
                .setMemberId("m")
                .setGroupInstanceId(version >= 3 ? "i" : null)
                .setClientId("c")
                .setClientHost("/h")
                .setSessionTimeout(10)
                .setRebalanceTimeout(version >= 1 ? 20 : 0)
                .setSubscription(new byte[] {1, 2})
                .setAssignment(new byte[] {3});
        var value = new GroupMetadataValue()
                .setProtocolType("consumer")
                .setGeneration(5)
                .setProtocol("range")
                .setLeader("m")
                .setCurrentStateTimestamp(version >= 2 ? 99 : -1)
                .setMembers(List.of(member));

        // when
        GroupRecord read = read(kafka(new GroupMetadataKey().setGroup("g"), value, version));

        // then: before version 1 the session timeout stood for both
        assertThat(read)
                .usingRecursiveComparison()
                .isEqualTo(new GroupRecord.ClassicGroupMetadata(
                        "g",
                        new ClassicGroupSnapshot(
                                "consumer",
                                5,
                                "range",
                                "m",
                                version >= 2 ? 99 : -1,
                                List.of(new ClassicGroupSnapshot.Member(
                                        "m",
                                        version >= 3 ? "i" : null,
                                        "c",
                                        "/h",
                                        version >= 1 ? 20 : 10,
                                        10,
                                        new byte[] {1, 2},
                                        new byte[] {3})))));
    }

    @ParameterizedTest
    @MethodSource("samples")
    void shouldRefuseARecordCutAnywhere(GroupRecord record) {
        // given
        CoordinatorRecord whole = GroupRecordCodec.encode(record);
        byte[] value = Objects.requireNonNullElse(whole.value(), new byte[0]);

        // the content of this one is never looked at
        int read =
                record instanceof GroupRecord.ConsumerGroupPartitionMetadata ? Math.min(2, value.length) : value.length;

        // then
        IntStream.range(0, whole.key().length)
                .forEach(length -> assertRefused(Arrays.copyOf(whole.key(), length), whole.value()));
        IntStream.range(0, read).forEach(length -> assertRefused(whole.key(), Arrays.copyOf(value, length)));
    }

    @Test
    void shouldRefuseAVersionOfTheFuture() {
        CoordinatorRecord whole = GroupRecordCodec.encode(
                new GroupRecord.ConsumerGroupEpoch("g", new GroupRecord.ConsumerGroupEpoch.Epoch(1, 1)));
        byte[] value = Objects.requireNonNull(whole.value());
        value[1] = 9;

        assertThatThrownBy(() -> GroupRecordCodec.decode(whole.key(), value))
                .isInstanceOf(SchemaException.class)
                .hasMessageContaining("no version 9");
    }

    static Stream<Arguments> damage() {
        return Stream.of(
                damage("a null group in a key", bytes(0, 2, -1, -1), null),
                damage("a null protocol type", GROUP, bytes(0, 3, -1, -1)),
                damage("a null protocol type, compact", GROUP, bytes(0, 4, 0)),
                damage("a huge plain array of members", GROUP, group(3, 127, -1, -1, -1)),
                damage("a null plain array of members", GROUP, group(3, -1, -1, -1, -1)),
                damage("a null array of topics", REGEX, bytes(0, 0, 0)),
                damage("a huge array of topics", REGEX, bytes(0, 0, -1, -1, -1, -1, 7)),
                damage("a varint without an end", REGEX, bytes(0, 0, -1, -1, -1, -1, -1, -1)),
                damage("a negative count of tags", EPOCH, bytes(0, 0, 0, 0, 0, 1, -1, -1, -1, -1, 15)),
                damage("a huge tag", EPOCH, bytes(0, 0, 0, 0, 0, 1, 1, 5, 100, 1)),
                damage("a negative version", EPOCH, bytes(-1, -1)));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("damage")
    void shouldRefuse(String name, byte[] key, byte @Nullable [] value) {
        assertRefused(key, value);
    }

    private static Arguments damage(String name, byte[] key, byte @Nullable [] value) {
        return Arguments.of(name, key, value);
    }

    /** The value of a classic group with nothing but these members. */
    private static byte[] group(int version, int... members) {
        int[] value = {0, version, 0, 0, 0, 0, 0, 0, -1, -1, -1, -1, 0, 0, 0, 0, 0, 0, 0, 0};
        int[] whole = Arrays.copyOf(value, value.length + members.length);
        System.arraycopy(members, 0, whole, value.length, members.length);
        return bytes(whole);
    }

    private static byte[] bytes(int... values) {
        byte[] bytes = new byte[values.length];
        for (int i = 0; i < values.length; i++) {
            bytes[i] = (byte) values[i];
        }
        return bytes;
    }

    @Test
    void shouldNotWriteAStringThatIsTooLongForItsForm() {
        var tooLong = new GroupRecord.ClassicGroupMetadata("x".repeat(Short.MAX_VALUE + 1), null);

        assertThatThrownBy(() -> GroupRecordCodec.encode(tooLong)).isInstanceOf(RuntimeException.class);
    }

    @Test
    void shouldSkipATypeThatItDoesNotKnow() {
        assertThat(GroupRecordCodec.decode(new byte[] {0, 99, 1, 2, 3}, new byte[] {4}))
                .isEqualTo(new GroupRecord.Unknown("", (short) 99));
    }

    private static void assertRefused(byte[] key, byte @Nullable [] value) {
        assertThatThrownBy(() -> GroupRecordCodec.decode(key, value)).isInstanceOf(SchemaException.class);
    }

    private static GroupRecord read(org.apache.kafka.coordinator.common.runtime.CoordinatorRecord record) {
        return GroupRecordCodec.decode(KAFKA.serializeKey(record), KAFKA.serializeValue(record));
    }

    private static org.apache.kafka.coordinator.common.runtime.CoordinatorRecord kafka(
            org.apache.kafka.common.protocol.ApiMessage key,
            org.apache.kafka.common.protocol.ApiMessage value,
            short version) {
        return org.apache.kafka.coordinator.common.runtime.CoordinatorRecord.record(
                key, new ApiMessageAndVersion(value, version));
    }

    private static @Nullable ByteBuffer buffer(byte @Nullable [] bytes) {
        return bytes == null ? null : ByteBuffer.wrap(bytes);
    }
}
