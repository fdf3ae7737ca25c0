package dev.weir.metadata.record;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import dev.weir.metadata.Feature;
import dev.weir.metadata.FeatureGate;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.metadata.MetadataRecordType;
import org.apache.kafka.common.protocol.ByteBufferAccessor;
import org.apache.kafka.common.protocol.ObjectSerializationCache;
import org.apache.kafka.common.security.auth.SecurityProtocol;
import org.apache.kafka.metadata.MetadataRecordSerde;
import org.apache.kafka.server.common.ApiMessageAndVersion;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Kafka's own serializer is the judge: it must read our bytes, write the same ones, and its bytes must read here. */
class MetadataRecordCodecTest {
    private static final short OLDEST = Feature.METADATA_VERSION.supported().min();
    private static final short NEWEST = Feature.METADATA_VERSION.supported().max();
    private static final Uuid TOPIC = new Uuid(1L, 2L);
    private static final Uuid DIR = new Uuid(0x0102030405060708L, -7L);
    private static final MetadataRecordSerde KAFKA = new MetadataRecordSerde();

    static Stream<MetadataRecord> records() {
        return Stream.of(
                new RegisterBrokerRecord(
                        7,
                        new Uuid(9L, 10L),
                        42L,
                        List.of(
                                new Endpoint("PLAINTEXT", "örtlich.example", 65_535, SecurityProtocol.PLAINTEXT),
                                new Endpoint("SECURE", "h", 0, SecurityProtocol.SASL_SSL)),
                        List.of(new FeatureRange("metadata.version", (short) 1, (short) 25)),
                        "rack-a",
                        true,
                        true,
                        List.of(DIR)),
                new RegisterBrokerRecord(0, Uuid.ZERO_UUID, 0L, List.of(), List.of(), null, false, false, List.of()),
                new UnregisterBrokerRecord(3, Long.MAX_VALUE),
                new TopicRecord("a.topic", TOPIC),
                new TopicRecord("x".repeat(249), TOPIC),
                new PartitionRecord(
                        TOPIC,
                        11,
                        List.of(1, 2, 3),
                        List.of(3, 1),
                        List.of(2),
                        List.of(9),
                        3,
                        5,
                        8,
                        List.of(DIR, DIR, TOPIC),
                        true),
                new PartitionRecord(
                        TOPIC, 0, List.of(1), List.of(1), List.of(), List.of(), -1, 0, 0, List.of(DIR), false),
                new ConfigRecord(new ConfigResource(ConfigResource.Type.TOPIC, "t"), "retention.ms", "1"),
                new ConfigRecord(new ConfigResource(ConfigResource.Type.BROKER, ""), "log.retention.ms", null),
                new ConfigRecord(new ConfigResource(ConfigResource.Type.GROUP, "g"), "k", "v".repeat(32_000)),
                PartitionChangeRecord.of(TOPIC, 4),
                PartitionChangeRecord.of(TOPIC, 4).withLeader(-1),
                PartitionChangeRecord.of(TOPIC, 4).withIsr(List.of()).withRecovering(false),
                new PartitionChangeRecord(
                        TOPIC,
                        4,
                        Optional.of(List.of(1, 2)),
                        OptionalInt.of(0),
                        Optional.of(List.of(1, 2, 3)),
                        Optional.of(List.of(3)),
                        Optional.of(List.of()),
                        Optional.of(true),
                        Optional.of(List.of(DIR, DIR, DIR)),
                        Optional.of(List.of(2)),
                        Optional.of(List.of(1, 3))),
                PartitionChangeRecord.of(TOPIC, 4).withElr(List.of()),
                PartitionChangeRecord.of(TOPIC, 4).withLastKnownElr(List.of()),
                new PartitionRecord(
                        TOPIC,
                        2,
                        List.of(1, 2, 3),
                        List.of(),
                        List.of(),
                        List.of(),
                        -1,
                        5,
                        8,
                        List.of(DIR, DIR, TOPIC),
                        false,
                        List.of(2, 3),
                        List.of(1)),
                new ClearElrRecord("t"),
                new ClearElrRecord(""),
                new RemoveTopicRecord(TOPIC),
                new FeatureLevelRecord("metadata.version", (short) 25),
                new ProducerIdsRecord(1, 2L, 3_000_000_000L),
                BrokerRegistrationChangeRecord.fence(1, 2L),
                BrokerRegistrationChangeRecord.unfence(1, 2L),
                BrokerRegistrationChangeRecord.controlledShutdown(1, 2L),
                new BrokerRegistrationChangeRecord(
                        1, 2L, BrokerRegistrationChangeRecord.Fencing.UNCHANGED, false, Optional.of(List.of(DIR))),
                new NoOpRecord());
    }

    @ParameterizedTest
    @MethodSource("records")
    void shouldWriteTheBytesThatKafkaWritesAndReadThemBack(MetadataRecord record) {
        byte[] ours = encode(record, NEWEST);

        ApiMessageAndVersion seenByKafka = KAFKA.read(new ByteBufferAccessor(ByteBuffer.wrap(ours)), ours.length);

        assertThat(seenByKafka.message().apiKey())
                .isEqualTo((short) record.type().key());
        assertThat(kafkaBytes(seenByKafka)).isEqualTo(ours);
        assertThat(MetadataRecordCodec.decode(ByteBuffer.wrap(ours))).isEqualTo(record);
    }

    @ParameterizedTest
    @MethodSource("records")
    void shouldWriteTheSameRecordAtTheOldestLevel(MetadataRecord record) {
        assumeFalse(tellsOfEligibleReplicas(record), "the oldest level has no place for it");
        byte[] ours = encode(record, OLDEST);

        assertThat(kafkaBytes(KAFKA.read(new ByteBufferAccessor(ByteBuffer.wrap(ours)), ours.length)))
                .isEqualTo(ours);
        assertThat(MetadataRecordCodec.decode(ByteBuffer.wrap(ours))).isEqualTo(record);
    }

    private static boolean tellsOfEligibleReplicas(MetadataRecord record) {
        if (record instanceof PartitionRecord partition) {
            return !partition.elr().isEmpty() || !partition.lastKnownElr().isEmpty();
        }
        return record instanceof PartitionChangeRecord change
                && (change.elr().isPresent() || change.lastKnownElr().isPresent());
    }

    @Test
    void shouldRefuseALevelThatThisVersionCannotRunAt() {
        byte[] newer = encode(new FeatureLevelRecord("metadata.version", (short) (NEWEST + 1)), NEWEST);
        byte[] unknown = encode(new FeatureLevelRecord("share.version", (short) 1), NEWEST);
        byte[] off = encode(new FeatureLevelRecord("share.version", (short) 0), NEWEST);

        assertThatThrownBy(() -> MetadataRecordCodec.decode(ByteBuffer.wrap(newer)))
                .isInstanceOf(UnsupportedRecordException.class)
                .hasMessageContaining("metadata.version " + (NEWEST + 1))
                .hasMessageContaining(OLDEST + " to " + NEWEST);
        assertThatThrownBy(() -> MetadataRecordCodec.decode(ByteBuffer.wrap(unknown)))
                .isInstanceOf(UnsupportedRecordException.class)
                .hasMessageContaining("share.version 1");
        assertThat(MetadataRecordCodec.decode(ByteBuffer.wrap(off)))
                .isEqualTo(new FeatureLevelRecord("share.version", (short) 0));
    }

    @ParameterizedTest
    @MethodSource("records")
    void shouldRefuseARecordCutAnywhere(MetadataRecord record) {
        byte[] whole = encode(record, NEWEST);

        assertThat(IntStream.range(0, Math.min(whole.length, 200)).mapToObj(n -> Arrays.copyOf(whole, n)))
                .allSatisfy(cut -> assertThatThrownBy(() -> MetadataRecordCodec.decode(ByteBuffer.wrap(cut)))
                        .isInstanceOf(MetadataFormatException.class));
    }

    static Stream<ApiMessageAndVersion> olderAndNewerVersions() {
        return Stream.of(
                message(
                        new org.apache.kafka.common.metadata.PartitionRecord()
                                .setTopicId(TOPIC)
                                .setPartitionId(1)
                                .setReplicas(List.of(5, 6))
                                .setIsr(List.of(5))
                                .setLeader(5)
                                .setLeaderEpoch(2)
                                .setPartitionEpoch(3),
                        0),
                message(
                        new org.apache.kafka.common.metadata.PartitionRecord()
                                .setTopicId(TOPIC)
                                .setReplicas(List.of(5))
                                .setIsr(List.of(5))
                                .setDirectories(List.of(DIR))
                                .setEligibleLeaderReplicas(List.of(8))
                                .setLastKnownElr(List.of(9)),
                        2),
                message(
                        new org.apache.kafka.common.metadata.PartitionChangeRecord()
                                .setTopicId(TOPIC)
                                .setIsr(List.of(5))
                                .setEligibleLeaderReplicas(List.of(8)),
                        2),
                message(new org.apache.kafka.common.metadata.RegisterBrokerRecord().setBrokerId(3), 0),
                message(
                        new org.apache.kafka.common.metadata.RegisterBrokerRecord()
                                .setBrokerId(3)
                                .setInControlledShutdown(true),
                        1),
                message(
                        new org.apache.kafka.common.metadata.RegisterBrokerRecord()
                                .setBrokerId(3)
                                .setLogDirs(List.of(DIR))
                                .setCordonedLogDirs(List.of(DIR)),
                        4),
                message(
                        new org.apache.kafka.common.metadata.BrokerRegistrationChangeRecord()
                                .setBrokerId(3)
                                .setFenced((byte) 1),
                        0),
                message(
                        new org.apache.kafka.common.metadata.BrokerRegistrationChangeRecord()
                                .setBrokerId(3)
                                .setFenced((byte) -1)
                                .setCordonedLogDirs(List.of(DIR)),
                        3));
    }

    @ParameterizedTest
    @MethodSource("olderAndNewerVersions")
    void shouldReadEveryVersionThatKafkaWrites(ApiMessageAndVersion message) {
        MetadataRecord read = MetadataRecordCodec.decode(ByteBuffer.wrap(kafkaBytes(message)));

        byte[] rewritten = encode(read, NEWEST);
        assertThat(MetadataRecordCodec.decode(ByteBuffer.wrap(rewritten))).isEqualTo(read);
        assertThat(KAFKA.read(new ByteBufferAccessor(ByteBuffer.wrap(rewritten)), rewritten.length)
                        .message()
                        .apiKey())
                .isEqualTo(message.message().apiKey());
    }

    @Test
    void shouldKeepTheFieldsOfAPartitionWithoutDirectories() {
        ApiMessageAndVersion message = olderAndNewerVersions().findFirst().orElseThrow();

        MetadataRecord read = MetadataRecordCodec.decode(ByteBuffer.wrap(kafkaBytes(message)));

        assertThat(read)
                .isEqualTo(new PartitionRecord(
                        TOPIC,
                        1,
                        List.of(5, 6),
                        List.of(5),
                        List.of(),
                        List.of(),
                        5,
                        2,
                        3,
                        List.of(Uuid.ZERO_UUID, Uuid.ZERO_UUID),
                        false));
    }

    @Test
    void shouldKeepWhoIsEligibleToLeadOfAPartitionThatKafkaHasWritten() {
        List<MetadataRecord> read = olderAndNewerVersions()
                .skip(1)
                .limit(2)
                .map(message -> MetadataRecordCodec.decode(ByteBuffer.wrap(kafkaBytes(message))))
                .toList();

        assertThat(((PartitionRecord) read.get(0)).elr()).containsExactly(8);
        assertThat(((PartitionRecord) read.get(0)).lastKnownElr()).containsExactly(9);
        assertThat(((PartitionChangeRecord) read.get(1)).elr()).contains(List.of(8));
        assertThat(((PartitionChangeRecord) read.get(1)).lastKnownElr()).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("garbage")
    void shouldRefuseWhatIsNoRecord(byte[] bytes) {
        assertThatThrownBy(() -> MetadataRecordCodec.decode(ByteBuffer.wrap(bytes)))
                .isInstanceOf(MetadataFormatException.class);
    }

    static Stream<byte[]> garbage() {
        return Stream.of(
                new byte[] {},
                new byte[] {2, 20, 0, 0},
                new byte[] {1, 99, 0, 0},
                new byte[] {1, 20, 1, 0},
                new byte[] {1, 20, 0, 0, 0},
                new byte[] {1, 2, 0, -1, -1, -1, -1, 7, 'x'},
                new byte[] {-1, -1, -1, -1, -1, -1, -1},
                named("a negative type", 1, -1, -1, -1, -1, 15, 0),
                named("null for a topic's name", 1, 2, 0, 0),
                named("null for a setting's name", 1, 4, 0, 2, 2, 't', 0, 0, 0),
                named("a null array of endpoints", registration(0)),
                named("a huge array of endpoints", registration(-1, -1, -1, -1, 7)),
                named("a negative count of tags", 1, 20, 0, -1, -1, -1, -1, 15),
                named("a huge tag", 1, 20, 0, 1, 0, 100, 1));
    }

    @SuppressWarnings("UnusedVariable") // the name is for the reader
    private static byte[] named(String why, int... bytes) {
        byte[] value = new byte[bytes.length];
        for (int i = 0; i < bytes.length; i++) {
            value[i] = (byte) bytes[i];
        }
        return value;
    }

    /** The record of a registration up to its endpoints, which are these bytes. */
    private static int[] registration(int... endpoints) {
        int beforeThem = 3 + Integer.BYTES + 2 * Long.BYTES + Long.BYTES;
        int[] record = Arrays.copyOf(new int[] {1, 0, 0}, beforeThem + endpoints.length);
        System.arraycopy(endpoints, 0, record, beforeThem, endpoints.length);
        return record;
    }

    @Test
    void shouldSayThatATypeIsOfANewerMetadataVersion() {
        assertThatThrownBy(() -> MetadataRecordCodec.decode(ByteBuffer.wrap(new byte[] {1, 99, 2, 0})))
                .isInstanceOfSatisfying(UnsupportedRecordException.class, e -> {
                    assertThat(e.type()).isEqualTo(99);
                    assertThat(e.version()).isEqualTo(2);
                })
                .hasMessageContaining("type 99, version 2")
                .hasMessageContaining("newer metadata version");
    }

    @Test
    void shouldSayThatTheVersionOfARecordIsOfANewerMetadataVersion() {
        assertThatThrownBy(() -> MetadataRecordCodec.decode(ByteBuffer.wrap(new byte[] {1, 3, 9, 0})))
                .isInstanceOfSatisfying(UnsupportedRecordException.class, e -> {
                    assertThat(e.type()).isEqualTo(3);
                    assertThat(e.version()).isEqualTo(9);
                })
                .hasMessageContaining("type 3 (PARTITION) has version 9")
                .hasMessageContaining("newest known is 2")
                .hasMessageContaining("newer metadata version");
    }

    @ParameterizedTest
    @EnumSource
    void shouldKnowNoNewerVersionThanTheGeneratedClasses(RecordType type) {
        MetadataRecordType kafkas = MetadataRecordType.fromId((short) type.key());

        assertThat(type.newestVersion()).isEqualTo(kafkas.highestSupportedVersion());
    }

    @Test
    void shouldNotWriteAStringThatIsTooLongForItsForm() {
        TopicRecord tooLong = new TopicRecord("x".repeat(Short.MAX_VALUE + 1), TOPIC);

        assertThatThrownBy(() -> encode(tooLong, NEWEST)).isInstanceOf(RuntimeException.class);
    }

    private static byte[] encode(MetadataRecord record, short level) {
        return MetadataRecordCodec.encode(record, FeatureGate.recordVersion(record.type(), level));
    }

    private static ApiMessageAndVersion message(org.apache.kafka.common.protocol.ApiMessage message, int version) {
        return new ApiMessageAndVersion(message, (short) version);
    }

    private static byte[] kafkaBytes(ApiMessageAndVersion message) {
        ObjectSerializationCache cache = new ObjectSerializationCache();
        ByteBuffer buffer = ByteBuffer.allocate(KAFKA.recordSize(message, cache));
        KAFKA.write(message, cache, new ByteBufferAccessor(buffer));
        return buffer.array();
    }
}
