package dev.weir.partition;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.partition.client.LogMessages;
import dev.weir.partition.client.LogMessages.LogBytes;
import java.util.List;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The reads with which a coordinator loads the log that it leads. */
class LogQueriesTest {
    private final ShardFixture pair = new ShardFixture(ShardFixture.config(Long.MAX_VALUE, 1), 1, 2);
    private final int epoch = pair.partition().leaderEpoch();

    @BeforeEach
    void appendWhatTheFollowerDoesNotHave() {
        pair.append(1, pair.batch("a"));
        pair.append(1, pair.batch("b"));
    }

    @Test
    void shouldReadToTheEndOfTheLogWhereverTheHighWatermarkIs() {
        LogBytes all = read(epoch, 0, 1 << 20);

        assertThat(all.error()).isEqualTo(Errors.NONE);
        assertThat(all.batches().remaining())
                .isEqualTo(pair.batch("a").remaining() + pair.batch("b").remaining());
        assertThat(all.nextOffset()).isEqualTo(2);
        assertThat(all.logEndOffset()).isEqualTo(2);
        assertThat(all.highWatermark()).isZero();
    }

    @Test
    void shouldSayWhereToReadOn() {
        LogBytes first = read(epoch, 0, 1);
        LogBytes second = read(epoch, first.nextOffset(), 1);
        LogBytes end = read(epoch, second.nextOffset(), 1);
        LogBytes beyond = read(epoch, 3, 1);

        assertThat(first.nextOffset()).isEqualTo(1);
        assertThat(second.nextOffset()).isEqualTo(2);
        assertThat(end.batches().hasRemaining()).isFalse();
        assertThat(end.nextOffset()).isEqualTo(2);
        assertThat(beyond.error()).isEqualTo(Errors.OFFSET_OUT_OF_RANGE);
    }

    @Test
    void shouldRefuseAReadInAnotherEpoch() {
        int newer = epoch + 1;
        assertThat(read(newer, 0, 1).error()).isEqualTo(Errors.UNKNOWN_LEADER_EPOCH);
        assertThat(read(newer, 0, 0).error()).isEqualTo(Errors.UNKNOWN_LEADER_EPOCH);

        pair.commit(ShardMetadata.partition(ShardFixture.TOPIC, newer, 1, List.of(1, 2)));

        assertThat(read(epoch, 0, 1).error()).isEqualTo(Errors.FENCED_LEADER_EPOCH);
        assertThat(read(newer, 0, 1).error()).isEqualTo(Errors.NONE);
    }

    @Test
    void shouldSayHowFarTheLogIsWithoutABatch() {
        LogBytes position = read(epoch, 0, 0);

        assertThat(position.batches().hasRemaining()).isFalse();
        assertThat(position.logEndOffset()).isEqualTo(2);
        assertThat(position.highWatermark()).isZero();
    }

    private LogBytes read(int leaderEpoch, long offset, int maxBytes) {
        return pair.logs.read(new LogMessages.ReadLog(ShardFixture.KEY, leaderEpoch, offset, maxBytes));
    }
}
