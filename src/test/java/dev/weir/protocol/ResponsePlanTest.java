package dev.weir.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.protocol.ResponsePlan.Splice;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.message.FetchResponseData;
import org.apache.kafka.common.message.FetchResponseData.AbortedTransaction;
import org.apache.kafka.common.message.FetchResponseData.FetchableTopicResponse;
import org.apache.kafka.common.message.FetchResponseData.PartitionData;
import org.apache.kafka.common.message.ResponseHeaderData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.MessageUtil;
import org.apache.kafka.common.record.internal.BaseRecords;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.RecordsSend;
import org.apache.kafka.common.record.internal.SimpleRecord;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ResponsePlanTest {
    static IntStream versions() {
        return IntStream.rangeClosed(ApiKeys.FETCH.oldestVersion(), ApiKeys.FETCH.latestVersion(true));
    }

    @ParameterizedTest
    @MethodSource("versions")
    void shouldMakeTheBytesThatKafkasOwnSerialisationMakes(int version) {
        FetchResponseData response = response(false);
        ResponsePlan plan = new ResponsePlan(ApiKeys.FETCH, (short) version, 77, response);
        ByteBuffer encoded = ByteBuffer.allocate(plan.encodedBytes() + 5).position(5);

        byte[] frame = join(plan, encoded);

        assertThat(frame).isEqualTo(kafka(response, (short) version));
        assertThat(plan.frameBytes()).isEqualTo(frame.length);
        assertThat(encoded.hasRemaining()).isFalse();
    }

    @ParameterizedTest
    @MethodSource("versions")
    void shouldSpliceFileBytesWhereRecordsInMemoryWouldBe(int version) {
        ResponsePlan plan = new ResponsePlan(ApiKeys.FETCH, (short) version, 77, response(true));
        ByteBuffer encoded = ByteBuffer.allocate(plan.encodedBytes());

        byte[] frame = join(plan, encoded);

        assertThat(frame).isEqualTo(kafka(response(false), (short) version));
    }

    /** Two topics; partitions with records, without, and with aborted transactions. */
    private static FetchResponseData response(boolean inFiles) {
        List<FetchableTopicResponse> topics = new ArrayList<>();
        for (int topic = 0; topic < 2; topic++) {
            List<PartitionData> partitions = new ArrayList<>();
            for (int partition = 0; partition < 3; partition++) {
                MemoryRecords records = MemoryRecords.withRecords(
                        Compression.NONE,
                        new SimpleRecord(1L, ("value " + topic + partition).getBytes(StandardCharsets.UTF_8)));
                BaseRecords sent = inFiles ? new InFile(records) : records;
                partitions.add(new PartitionData()
                        .setPartitionIndex(partition)
                        .setHighWatermark(10 + partition)
                        .setLastStableOffset(9)
                        .setLogStartOffset(1)
                        .setAbortedTransactions(
                                partition == 2
                                        ? List.of(new AbortedTransaction()
                                                .setProducerId(5)
                                                .setFirstOffset(3))
                                        : List.of())
                        .setRecords(partition == 1 ? MemoryRecords.EMPTY : sent));
            }
            topics.add(new FetchableTopicResponse()
                    .setTopic("topic" + topic)
                    .setTopicId(new Uuid(1, topic))
                    .setPartitions(partitions));
        }
        return new FetchResponseData().setSessionId(0).setResponses(topics);
    }

    private static byte[] join(ResponsePlan plan, ByteBuffer encoded) {
        int start = encoded.position();
        List<Splice> splices = plan.encode(encoded);
        byte[] all = encoded.array();
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        int at = 0;
        for (Splice splice : splices) {
            out.write(all, start + at, splice.at() - at);
            at = splice.at();
            MemoryRecords records =
                    splice.records() instanceof InFile file ? file.records : (MemoryRecords) splice.records();
            out.writeBytes(bytes(records.buffer()));
        }
        out.write(all, start + at, plan.encodedBytes() - at);
        return out.toByteArray();
    }

    private static byte[] kafka(FetchResponseData response, short version) {
        byte[] header = bytes(MessageUtil.toByteBufferAccessor(
                        new ResponseHeaderData().setCorrelationId(77), ApiKeys.FETCH.responseHeaderVersion(version))
                .buffer());
        byte[] body = bytes(MessageUtil.toByteBufferAccessor(response, version).buffer());
        return ByteBuffer.allocate(4 + header.length + body.length)
                .putInt(header.length + body.length)
                .put(header)
                .put(body)
                .array();
    }

    private static byte[] bytes(ByteBuffer buffer) {
        byte[] bytes = new byte[buffer.remaining()];
        buffer.duplicate().get(bytes);
        return bytes;
    }

    /** Stands for bytes that are not in memory. */
    private record InFile(MemoryRecords records) implements BaseRecords {
        @Override
        public int sizeInBytes() {
            return records.sizeInBytes();
        }

        @Override
        public RecordsSend<? extends BaseRecords> toSend() {
            throw new UnsupportedOperationException();
        }
    }
}
