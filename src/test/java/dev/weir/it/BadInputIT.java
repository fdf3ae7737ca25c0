package dev.weir.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.ApiVersionsRequestData;
import org.apache.kafka.common.message.FetchRequestData;
import org.apache.kafka.common.message.ListOffsetsRequestData;
import org.apache.kafka.common.message.MetadataRequestData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ByteBufferAccessor;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.AbstractResponse;
import org.apache.kafka.common.requests.ApiVersionsResponse;
import org.apache.kafka.common.requests.FetchResponse;
import org.apache.kafka.common.requests.ListOffsetsResponse;
import org.apache.kafka.common.requests.ProduceResponse;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Clients that are broken or hostile. After each the broker serves a good client and holds nothing of the bad one. */
class BadInputIT {
    private static final short PRODUCE_VERSION = 9;
    private static final String TOPIC = "kept";
    private static final long SEED = 20_240_601;

    private static BrokerProcess broker;
    private static Uuid topicId = Uuid.ZERO_UUID;

    @BeforeAll
    static void start(@TempDir Path home) throws Exception {
        broker = BrokerProcess.start(home, "auto.create.topics.enable=false", "socket.listen.backlog.size=4096");
        try (Admin admin = Clients.admin(broker.bootstrap())) {
            topicId = admin.createTopics(List.of(new NewTopic(TOPIC, 1, (short) 1)))
                    .topicId(TOPIC)
                    .get();
        }
    }

    @AfterAll
    static void stop() {
        broker.close();
    }

    @AfterEach
    void shouldStillServeAndLeakNothing() {
        assertThat(broker.isAlive()).isTrue();
        try (RawClient good = new RawClient(broker.kafkaPort())) {
            assertThat(produce(good, TOPIC, 0, Batches.good())).isEqualTo(Errors.NONE);
        }
        Await.until(() -> broker.metric("weir_network_connections") == 0);
        Await.until(() -> broker.metric("weir_network_request_memory_bytes") == 0);
        assertThat(broker.log()).doesNotContain("OutOfMemory", " ERROR ");
    }

    @Test
    void shouldCloseOnRandomBytes() {
        // given
        Random random = new Random(SEED);

        for (int i = 0; i < 200; i++) {
            byte[] noise = new byte[1 + random.nextInt(2_000)];
            random.nextBytes(noise);
            try (RawClient client = new RawClient(broker.kafkaPort())) {

                // when
                client.send(noise);
                client.endOfInput();

                // then
                assertThat(client.isClosedByPeer())
                        .as("seed " + SEED + ", round " + i)
                        .isTrue();
            }
        }
    }

    @Test
    void shouldCloseOrAnswerWhenGoodRequestsAreDamaged() {
        // given
        Random random = new Random(SEED);
        byte[] good = frame(Batches.good());

        for (int i = 4; i < good.length; i++) {
            byte[] damaged = good.clone();
            damaged[i] ^= (byte) (1 << random.nextInt(8));
            try (RawClient client = new RawClient(broker.kafkaPort())) {

                // when
                client.send(damaged);
                client.endOfInput();

                // then
                client.awaitClose();
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {Integer.MAX_VALUE, 104_857_601, 0, -1, Integer.MIN_VALUE})
    void shouldCloseOnABadLength(int length) {
        try (RawClient client = new RawClient(broker.kafkaPort())) {
            // when
            client.send(ByteBuffer.allocate(4).putInt(length).array());

            // then
            assertThat(client.isClosedByPeer()).isTrue();
        }
    }

    @Test
    void shouldForgetAFrameThatIsCutAnywhere() {
        // given
        byte[] frame = frame(Batches.good());

        for (int length = 0; length < frame.length; length++) {
            try (RawClient client = new RawClient(broker.kafkaPort())) {

                // when
                client.send(Arrays.copyOf(frame, length));
                client.endOfInput();

                // then
                assertThat(client.isClosedByPeer()).as("cut at " + length).isTrue();
            }
        }
    }

    @Test
    void shouldServeAFrameThatComesByteByByte() {
        // given
        byte[] frame = frame(Batches.good());

        // when
        try (RawClient client = new RawClient(broker.kafkaPort())) {
            for (byte one : frame) {
                client.send(new byte[] {one});
            }

            // then
            assertThat(client.readFrame().getInt()).isEqualTo(7);
        }
    }

    static Stream<Arguments> badBatches() {
        return Stream.of(
                bad("a wrong checksum", raw(b -> b.putInt(Batches.CRC, 1)), Errors.CORRUPT_MESSAGE),
                bad("a flipped bit", raw(b -> b.put(70, (byte) (b.get(70) ^ 4))), Errors.CORRUPT_MESSAGE),
                bad("too many records said", signed(b -> b.putInt(Batches.COUNT, 4)), Errors.INVALID_RECORD),
                bad("too few records said", signed(b -> b.putInt(Batches.COUNT, 2)), Errors.INVALID_RECORD),
                bad("a negative count", signed(b -> b.putInt(Batches.COUNT, -3)), Errors.INVALID_RECORD),
                bad("a wrong last offset", signed(b -> b.putInt(Batches.LAST_OFFSET_DELTA, 77)), Errors.INVALID_RECORD),
                bad("a negative batch length", raw(b -> b.putInt(Batches.LENGTH, -1)), Errors.CORRUPT_MESSAGE),
                bad("a batch length too short", raw(b -> b.putInt(Batches.LENGTH, 3)), Errors.CORRUPT_MESSAGE),
                bad(
                        "a negative record size",
                        signed(b -> b.put(Batches.FIRST_RECORD, (byte) 1)),
                        Errors.INVALID_RECORD),
                bad(
                        "a record size too large",
                        signed(b -> b.put(Batches.FIRST_RECORD, (byte) 126)),
                        Errors.INVALID_RECORD),
                bad(
                        "an unknown codec",
                        signed(b -> b.putShort(Batches.ATTRIBUTES, (short) 6)),
                        Errors.UNSUPPORTED_COMPRESSION_TYPE),
                bad(
                        "a codec that it is not",
                        signed(b -> b.putShort(Batches.ATTRIBUTES, (short) 4)),
                        Errors.INVALID_RECORD),
                bad(
                        "a control batch",
                        signed(b -> b.putShort(Batches.ATTRIBUTES, (short) 0x20)),
                        Errors.INVALID_RECORD),
                bad("format 1", raw(b -> b.put(Batches.MAGIC, (byte) 1)), Errors.UNSUPPORTED_FOR_MESSAGE_FORMAT),
                bad("format 9", raw(b -> b.put(Batches.MAGIC, (byte) 9)), Errors.CORRUPT_MESSAGE));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("badBatches")
    void shouldRefuseABadBatch(String name, ByteBuffer batch, Errors expected) {
        // given
        try (RawClient client = new RawClient(broker.kafkaPort())) {
            long before = end(client);

            // when
            Errors error = produce(client, TOPIC, 0, batch);

            // then
            assertThat(error).isEqualTo(expected);
            assertThat(end(client)).isEqualTo(before);
        }
    }

    @Test
    void shouldNameWhatItDoesNotKnow() {
        try (RawClient client = new RawClient(broker.kafkaPort())) {
            // then
            assertThat(produce(client, "nobody", 0, Batches.good())).isEqualTo(Errors.UNKNOWN_TOPIC_OR_PARTITION);
            assertThat(produce(client, TOPIC, 5, Batches.good())).isEqualTo(Errors.UNKNOWN_TOPIC_OR_PARTITION);
            assertThat(produce(client, TOPIC, -1, Batches.good())).isEqualTo(Errors.UNKNOWN_TOPIC_OR_PARTITION);
            assertThat(produce(client, "a/../b", 0, Batches.good()))
                    .isIn(Errors.UNKNOWN_TOPIC_OR_PARTITION, Errors.INVALID_TOPIC_EXCEPTION);
            assertThat(fetch(client, Uuid.randomUuid(), 0, 0)).isEqualTo(Errors.UNKNOWN_TOPIC_ID);
            assertThat(fetch(client, topicId, 9, 0)).isEqualTo(Errors.UNKNOWN_TOPIC_OR_PARTITION);
            assertThat(fetch(client, topicId, 0, 1_000_000)).isEqualTo(Errors.OFFSET_OUT_OF_RANGE);
            assertThat(fetch(client, topicId, 0, -1)).isEqualTo(Errors.OFFSET_OUT_OF_RANGE);
        }
    }

    @Test
    void shouldAnswerPipelinedRequestsInOrder() {
        // given
        int count = 300;
        try (RawClient client = new RawClient(broker.kafkaPort())) {

            // when
            for (int i = 0; i < count; i++) {
                client.send(
                        switch (i % 3) {
                            case 0 -> RawClient.frame(ApiKeys.FETCH, (short) 12, i, waitingFetch());
                            case 1 -> RawClient.frame(ApiKeys.METADATA, (short) 9, i, new MetadataRequestData());
                            default ->
                                RawClient.frame(
                                        ApiKeys.PRODUCE, PRODUCE_VERSION, i, Batches.request(TOPIC, 0, Batches.good()));
                        });
            }

            // then
            for (int i = 0; i < count; i++) {
                assertThat(client.readFrame().getInt()).isEqualTo(i);
            }
        }
    }

    @Test
    void shouldAnswerATooNewApiVersionsRequestInVersionZero() {
        try (RawClient client = new RawClient(broker.kafkaPort())) {
            // when
            byte[] frame = RawClient.frame(
                    ApiKeys.API_VERSIONS,
                    (short) 3,
                    42,
                    new ApiVersionsRequestData().setClientSoftwareName("raw").setClientSoftwareVersion("1"));
            client.send(ByteBuffer.wrap(frame).putShort(6, (short) 99).array());
            ByteBuffer answer = client.readFrame();
            int correlationId = RawClient.readHeader(answer, (short) 0);
            ApiVersionsResponse response = (ApiVersionsResponse)
                    AbstractResponse.parseResponse(ApiKeys.API_VERSIONS, new ByteBufferAccessor(answer), (short) 0);

            // then
            assertThat(correlationId).isEqualTo(42);
            assertThat(response.data().errorCode()).isEqualTo(Errors.UNSUPPORTED_VERSION.code());
            assertThat(response.apiVersion(ApiKeys.API_VERSIONS.id).maxVersion())
                    .isEqualTo(ApiKeys.API_VERSIONS.latestVersion(false));
        }
    }

    @Test
    void shouldRefuseApisAndVersionsThatItDoesNotServe() {
        // given
        byte[] metadata = RawClient.frame(ApiKeys.METADATA, (short) 9, 1, new MetadataRequestData());
        byte[] unknownApi =
                ByteBuffer.wrap(metadata.clone()).putShort(4, (short) 999).array();
        byte[] unknownVersion =
                ByteBuffer.wrap(metadata.clone()).putShort(6, (short) 999).array();

        // when, then
        for (byte[] frame : List.of(unknownApi, unknownVersion)) {
            try (RawClient client = new RawClient(broker.kafkaPort())) {
                client.send(frame);
                assertThat(client.isClosedByPeer()).isTrue();
            }
        }
        try (RawClient client = new RawClient(broker.kafkaPort())) {
            AbstractResponse response = client.call(
                    ApiKeys.SHARE_GROUP_HEARTBEAT, (short) 1, ApiKeys.SHARE_GROUP_HEARTBEAT.messageType.newRequest());
            assertThat(response.errorCounts()).containsOnlyKeys(Errors.UNSUPPORTED_VERSION);
        }
    }

    @Test
    void shouldBoundWhatAClientCostsThatNeverReads() throws Exception {
        // given
        long before = broker.residentBytes();
        byte[] request = RawClient.frame(ApiKeys.METADATA, (short) 9, 1, new MetadataRequestData());
        byte[] large = RawClient.frame(
                ApiKeys.PRODUCE, PRODUCE_VERSION, 1, Batches.request("nobody", 0, ByteBuffer.allocate(900_000)));
        try (RawClient deaf = new RawClient(broker.kafkaPort());
                RawClient second = new RawClient(broker.kafkaPort())) {

            // when
            Flood first = Flood.start(deaf, request);
            Flood other = Flood.start(second, large);
            Await.until(() -> first.isStuck() && (other.isStuck() || other.sentBytes() > 200_000_000));

            // then
            try (RawClient good = new RawClient(broker.kafkaPort())) {
                assertThat(produce(good, TOPIC, 0, Batches.good())).isEqualTo(Errors.NONE);
            }
            assertThat(broker.residentBytes() - before).isLessThan(400L * 1024 * 1024);
        }
    }

    @Test
    void shouldCarryFiveThousandIdleConnections() {
        // given
        Queue<RawClient> idle = new ConcurrentLinkedQueue<>();
        try {
            // when
            IntStream.range(0, 16)
                    .mapToObj(i -> new Thread(() -> openIdle(idle)))
                    .toList()
                    .forEach(Thread::start);
            Await.until(() -> broker.metric("weir_network_connections") >= 5_000);

            // then
            try (RawClient good = new RawClient(broker.kafkaPort())) {
                assertThat(produce(good, TOPIC, 0, Batches.good())).isEqualTo(Errors.NONE);
            }
            assertThat(produce(idle.element(), TOPIC, 0, Batches.good())).isEqualTo(Errors.NONE);
        } finally {
            idle.forEach(RawClient::close);
        }
    }

    private static void openIdle(Queue<RawClient> idle) {
        while (idle.size() < 5_000) {
            idle.add(new RawClient(broker.kafkaPort()));
        }
    }

    private static Arguments bad(String name, ByteBuffer batch, Errors expected) {
        return Arguments.of(name, batch, expected);
    }

    private static ByteBuffer raw(Consumer<ByteBuffer> damage) {
        ByteBuffer batch = Batches.good();
        damage.accept(batch);
        return batch;
    }

    private static ByteBuffer signed(Consumer<ByteBuffer> damage) {
        return Batches.signed(damage);
    }

    private static byte[] frame(ByteBuffer batch) {
        return RawClient.frame(ApiKeys.PRODUCE, PRODUCE_VERSION, 7, Batches.request(TOPIC, 0, batch));
    }

    private static Errors produce(RawClient client, String topic, int partition, ByteBuffer batch) {
        ProduceResponse response = (ProduceResponse)
                client.call(ApiKeys.PRODUCE, PRODUCE_VERSION, Batches.request(topic, partition, batch));
        return Errors.forCode(response.data()
                .responses()
                .iterator()
                .next()
                .partitionResponses()
                .get(0)
                .errorCode());
    }

    private static long end(RawClient client) {
        var request = new ListOffsetsRequestData()
                .setReplicaId(-1)
                .setTopics(List.of(new ListOffsetsRequestData.ListOffsetsTopic()
                        .setName(TOPIC)
                        .setPartitions(List.of(new ListOffsetsRequestData.ListOffsetsPartition()
                                .setPartitionIndex(0)
                                .setTimestamp(-1)))));
        var response = (ListOffsetsResponse) client.call(ApiKeys.LIST_OFFSETS, (short) 7, request);
        return response.topics().get(0).partitions().get(0).offset();
    }

    private static Errors fetch(RawClient client, Uuid topic, int partition, long offset) {
        FetchRequestData request = new FetchRequestData()
                .setMaxBytes(1_000)
                .setTopics(List.of(new FetchRequestData.FetchTopic()
                        .setTopicId(topic)
                        .setPartitions(List.of(new FetchRequestData.FetchPartition()
                                .setPartition(partition)
                                .setFetchOffset(offset)
                                .setPartitionMaxBytes(1_000)))));
        var response = (FetchResponse) client.call(ApiKeys.FETCH, (short) 16, request);
        return Errors.forCode(
                response.data().responses().get(0).partitions().get(0).errorCode());
    }

    private static FetchRequestData waitingFetch() {
        return new FetchRequestData()
                .setMaxBytes(1_000)
                .setMinBytes(1_000_000)
                .setMaxWaitMs(10)
                .setTopics(List.of(new FetchRequestData.FetchTopic()
                        .setTopic(TOPIC)
                        .setPartitions(List.of(new FetchRequestData.FetchPartition()
                                .setPartition(0)
                                .setPartitionMaxBytes(1_000)))));
    }
}
