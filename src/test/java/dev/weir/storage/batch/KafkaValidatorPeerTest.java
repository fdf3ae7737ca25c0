package dev.weir.storage.batch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.config.TestLogConfig;
import dev.weir.storage.batch.AppendVerdict.Accepted;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.stream.Stream;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.common.record.internal.CompressionType;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.common.utils.internals.BufferSupplier;
import org.apache.kafka.common.utils.internals.PrimitiveRef;
import org.apache.kafka.storage.internals.log.LogValidator;
import org.apache.kafka.storage.internals.log.UnifiedLog;
import org.apache.kafka.storage.log.metrics.BrokerTopicStats;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What we accept is stamped byte for byte as Apache Kafka stamps it. */
class KafkaValidatorPeerTest {
    static Stream<Arguments> kinds() {
        return Arrays.stream(CompressionType.values())
                .flatMap(type -> Stream.of(TimestampType.CREATE_TIME, TimestampType.LOG_APPEND_TIME)
                        .flatMap(time -> Stream.of(0L, 77L).map(headerTime -> Arguments.of(type, time, headerTime))));
    }

    @ParameterizedTest(name = "{0} {1}, largest time stamp {2} in the header")
    @MethodSource("kinds")
    void shouldStampAsKafkaDoes(CompressionType type, TimestampType time, long headerTime) throws Exception {
        // Given
        ByteBuffer bytes = RecordsFixture.batch(type, 40);
        if (headerTime > 0) {
            bytes.putLong(BatchLayout.MAX_TIMESTAMP, headerTime);
            RecordsFixture.reseal(bytes);
        }
        ByteBuffer copy = RecordsFixture.copy(bytes);

        // When
        long before = System.currentTimeMillis();
        MemoryRecords kafka = kafka(copy, type, time);
        long stamped = kafka.batches().iterator().next().maxTimestamp();
        AppendContext context = new AppendContext(
                TestLogConfig.of(r -> r.timestampType = time),
                AppendOrigin.CLIENT,
                100,
                7,
                time == TimestampType.LOG_APPEND_TIME ? stamped : before,
                true,
                true);
        AppendVerdict verdict = new RecordValidator().validate(bytes, context);

        // Then
        assertThat(verdict).isInstanceOfSatisfying(Accepted.class, accepted -> assertThat(accepted.bytes())
                .isEqualTo(kafka.buffer()));
    }

    private static MemoryRecords kafka(ByteBuffer bytes, CompressionType type, TimestampType time) {
        LogValidator validator = new LogValidator(
                MemoryRecords.readableRecords(bytes),
                new TopicPartition("orders", 3),
                Time.SYSTEM,
                type,
                RecordsFixture.compression(type),
                false,
                (byte) 2,
                time,
                Long.MAX_VALUE,
                Long.MAX_VALUE,
                7,
                org.apache.kafka.storage.internals.log.AppendOrigin.CLIENT);
        return validator
                .validateMessagesAndAssignOffsets(
                        PrimitiveRef.ofLong(100),
                        UnifiedLog.newValidatorMetricsRecorder(new BrokerTopicStats().allTopicsStats()),
                        BufferSupplier.NO_CACHING)
                .validatedRecords();
    }
}
