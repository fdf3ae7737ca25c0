package dev.weir.partition;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.config.TestLogConfig;
import dev.weir.partition.client.OffsetMessages.DeleteAnswer;
import dev.weir.partition.client.OffsetMessages.DeleteEntry;
import dev.weir.partition.client.OffsetMessages.DeleteRecords;
import java.util.List;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OffsetQueriesTest {
    /** A log without any policy keeps all by itself, which is no reason to refuse what an operator asks for. */
    @ParameterizedTest
    @CsvSource({"false, false, NONE", "false, true, NONE", "true, true, NONE", "true, false, POLICY_VIOLATION"})
    void shouldDeleteRecordsUnlessTheLogIsCompactedOnly(boolean compact, boolean delete, Errors expected) {
        // given
        ShardFixture shard = new ShardFixture(
                TestLogConfig.of(config -> {
                    config.compact = compact;
                    config.delete = delete;
                }),
                ShardFixture.BROKER);
        shard.append(1, shard.batch("v"));

        // when
        DeleteAnswer answer = shard.offsets
                .deleteRecords(new DeleteRecords(List.of(new DeleteEntry(ShardFixture.KEY, -1))), shard.nowMs)
                .get(0);

        // then
        assertThat(answer.error()).isEqualTo(expected);
        assertThat(shard.partition().log.logStartOffset())
                .isEqualTo(expected == Errors.NONE ? shard.partition().highWatermark() : 0);
    }
}
