package dev.weir.partition;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.metadata.record.PartitionChangeRecord;
import dev.weir.partition.client.OffsetMessages;
import dev.weir.partition.client.OffsetMessages.OffsetAnswer;
import java.util.List;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.ListOffsetsRequest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a new leader says of offsets that an earlier one may have told already (KIP-207). */
class OffsetQueriesTest {
    private static final int OTHER = 2;

    private final ShardFixture shard = new ShardFixture(ShardFixture.config(Long.MAX_VALUE, 1), 1, OTHER);
    private final long firstMs = shard.nowMs;

    OffsetQueriesTest() {
        shard.append(1, shard.batch("committed"));
        shard.followerAt(OTHER, 1);
        shard.nowMs += 10;
        shard.append(1, shard.batch("told by another leader"));
        // The other one has led, and told that both are committed.
        shard.commit(PartitionChangeRecord.of(ShardFixture.TOPIC, 0).withLeader(OTHER));
        shard.commit(PartitionChangeRecord.of(ShardFixture.TOPIC, 0).withLeader(1));
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void shouldNotNameTheLatestOffsetBeforeTheHighWatermarkHasReachedTheStartOfItsEpoch(boolean readCommitted) {
        OffsetAnswer early = list(-1, ListOffsetsRequest.LATEST_TIMESTAMP, readCommitted);
        shard.followerAt(OTHER, 2);
        OffsetAnswer later = list(-1, ListOffsetsRequest.LATEST_TIMESTAMP, readCommitted);

        assertThat(early.error()).isEqualTo(Errors.OFFSET_NOT_AVAILABLE);
        assertThat(later).isEqualTo(new OffsetAnswer(Errors.NONE, -1, 2, 2));
    }

    @Test
    void shouldFindWhatIsCommittedByTimeAndNothingNearTheEnd() {
        assertThat(list(-1, firstMs, false).offset()).isZero();
        assertThat(list(-1, firstMs + 1, false).error()).isEqualTo(Errors.OFFSET_NOT_AVAILABLE);
        assertThat(list(-1, firstMs + 1_000, false).error()).isEqualTo(Errors.OFFSET_NOT_AVAILABLE);
        assertThat(list(-1, ListOffsetsRequest.MAX_TIMESTAMP, false).error()).isEqualTo(Errors.OFFSET_NOT_AVAILABLE);
        assertThat(list(-1, ListOffsetsRequest.EARLIEST_TIMESTAMP, false).offset())
                .isZero();
    }

    @Test
    void shouldNameTheEndToAFollowerAtOnce() {
        assertThat(list(OTHER, ListOffsetsRequest.LATEST_TIMESTAMP, false).offset())
                .isEqualTo(2);
    }

    /** It may have read there: it waits, and is not told that it is out of range. */
    @Test
    void shouldLetAConsumerWaitAboveTheHighWatermark() {
        Answer<?> waiting = shard.fetch(2, 1, 500, 1);

        assertThat(waiting.came()).isFalse();
    }

    private OffsetAnswer list(int replica, long timestamp, boolean readCommitted) {
        return shard.offsets
                .listOffsets(new OffsetMessages.ListOffsets(
                        List.of(new OffsetMessages.OffsetEntry(
                                ShardFixture.KEY, shard.partition().leaderEpoch(), timestamp)),
                        replica,
                        readCommitted))
                .get(0);
    }
}
