package dev.weir.partition;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.metadata.record.MetadataRecord;
import dev.weir.partition.client.AppendRequest;
import dev.weir.partition.client.FetchAnswer;
import dev.weir.partition.client.FetchQuery;
import dev.weir.partition.client.FetchQuery.Entry;
import dev.weir.partition.client.PartitionKey;
import dev.weir.partition.client.ReplicaFetch;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.Test;

/** How often waiting fetches look at their partitions. */
class FetchWakeTest {
    private static final int PARTITIONS = 30;
    private static final int FOLLOWER = 2;

    private final ShardFixture shard = new ShardFixture(ShardFixture.config(Long.MAX_VALUE, 1), 1, FOLLOWER);
    private final List<PartitionKey> keys = IntStream.range(0, PARTITIONS)
            .mapToObj(i -> new PartitionKey(new Uuid(3, 100 + i), 0))
            .toList();

    FetchWakeTest() {
        for (int i = 0; i < PARTITIONS; i++) {
            shard.commit(ShardMetadata.topic("many" + i, keys.get(i).topicId(), 1, FOLLOWER)
                    .toArray(MetadataRecord[]::new));
        }
    }

    @Test
    void shouldReadNothingForWaitingConsumersWhenAFollowerAsksForWhatItHasAlready() {
        // given
        Answer<FetchAnswer> consumer = consume(1);
        follow(0, 2);
        int reads = shard.reader.reads;

        // when
        follow(0, 3);

        // then
        assertThat(shard.reader.reads - reads).isEqualTo(PARTITIONS);
        assertThat(shard.reader.counts).isZero();
        assertThat(consumer.came()).isFalse();
    }

    @Test
    void shouldLookOnceAtEachPartitionThatAFollowerMoves() {
        // given
        keys.forEach(key -> append(key, 1));
        int enough = 2 * PARTITIONS * shard.batch("a").remaining();
        Answer<FetchAnswer> consumer = consume(enough);
        int reads = shard.reader.reads;

        // when
        follow(1, 2);

        // then
        assertThat(shard.reader.reads - reads).isEqualTo(PARTITIONS);
        assertThat(shard.reader.counts).isEqualTo(PARTITIONS);
        assertThat(consumer.came()).isFalse();
    }

    @Test
    void shouldReadAllPartitionsOnceWhenThereIsEnough() {
        // given
        keys.forEach(key -> append(key, 1));
        Answer<FetchAnswer> consumer = consume(PARTITIONS * shard.batch("a").remaining());
        int reads = shard.reader.reads;

        // when
        follow(1, 2);

        // then
        assertThat(shard.reader.reads - reads).isEqualTo(2 * PARTITIONS);
        assertThat(consumer.came()).isTrue();
    }

    @Test
    void shouldNotLookForAConsumerAtWhatIsNotCommitted() {
        // given
        consume(1);

        // when
        append(keys.get(0), 1);

        // then
        assertThat(shard.reader.counts).isZero();
    }

    @Test
    void shouldEndAWaitBelowTheLogStart() throws Exception {
        // given
        Answer<FetchAnswer> consumer = consume(1 << 20);
        append(keys.get(3), 1);
        follow(1, 2);

        // when
        partition(keys.get(3)).log.advanceLogStartOffset(1);
        shard.shard.afterProgress(partition(keys.get(3)), shard.nowMs);

        // then
        assertThat(consumer.came()).isTrue();
    }

    private Partition partition(PartitionKey key) {
        Partition found = shard.shard.find(key);
        if (found == null) {
            throw new AssertionError(key + " is not here");
        }
        return found;
    }

    private void append(PartitionKey key, int acks) {
        shard.appends.append(
                new AppendRequest(
                        List.of(new AppendRequest.Entry(key, -1, shard.batch("a"))),
                        (short) acks,
                        30_000,
                        ShardFixture.NEWEST,
                        AppendRequest.Origin.CLIENT),
                shard.nowMs,
                results -> assertThat(results).allMatch(result -> result.error() == Errors.NONE));
        shard.appends.writeStaged(shard.nowMs);
    }

    private Answer<FetchAnswer> consume(int minBytes) {
        Answer<FetchAnswer> answer = new Answer<>();
        shard.fetches.fetch(
                new FetchQuery(entries(0, -1), 1 << 20, true, minBytes, 500, false, -1, -1, 1),
                shard.nowMs,
                answer::take);
        return answer;
    }

    private void follow(long offset, long ticket) {
        follow(offset, ticket, 1, 0);
    }

    private Answer<FetchAnswer> follow(long offset, long ticket, int minBytes, int maxWaitMs) {
        Answer<FetchAnswer> answer = new Answer<>();
        shard.replicaFetches.fetch(
                new ReplicaFetch(
                        -1,
                        ReplicaFetch.Stage.ONCE,
                        FOLLOWER,
                        ShardMetadata.brokerEpoch(FOLLOWER),
                        entries(offset, 0).stream()
                                .map(entry -> new ReplicaFetch.Entry(entry, 0, ReplicaFetch.NO_HIGH_WATERMARK))
                                .toList(),
                        List.of(),
                        1 << 20,
                        minBytes,
                        maxWaitMs,
                        ticket),
                shard.nowMs,
                given -> answer.take(
                        given.news().stream().map(ReplicaFetch.News::answer).toList()));
        return answer;
    }

    private List<Entry> entries(long offset, int leaderEpoch) {
        return keys.stream()
                .map(key -> new Entry(key, offset, 1 << 20, leaderEpoch, -1))
                .toList();
    }
}
