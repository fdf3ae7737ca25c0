package dev.weir.network.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.network.api.FetchPart.Name;
import java.util.List;
import java.util.Objects;
import java.util.function.IntSupplier;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.FetchRequestData;
import org.apache.kafka.common.message.FetchRequestData.FetchPartition;
import org.apache.kafka.common.message.FetchRequestData.FetchTopic;
import org.apache.kafka.common.message.FetchRequestData.ForgottenTopic;
import org.apache.kafka.common.message.FetchResponseData.EpochEndOffset;
import org.apache.kafka.common.message.FetchResponseData.PartitionData;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.SimpleRecord;
import org.junit.jupiter.api.Test;

class FetchSessionTest {
    private static final Uuid ID = new Uuid(1, 2);
    private static final long NOW = 1_000;

    private final FetchSession session = new FetchSession(7, false, NOW);

    FetchSessionTest() {
        session.take(request(0, 0, 1, 2), NOW);
    }

    @Test
    void shouldTakeEachEpochOnceAndInOrder() {
        assertThat(session.accept(request(2), false, NOW)).isEqualTo(Errors.INVALID_FETCH_SESSION_EPOCH);
        assertThat(session.accept(request(1), false, NOW)).isEqualTo(Errors.NONE);
        assertThat(session.accept(request(1), false, NOW)).isEqualTo(Errors.INVALID_FETCH_SESSION_EPOCH);
        assertThat(session.accept(request(2), false, NOW)).isEqualTo(Errors.NONE);
    }

    @Test
    void shouldRefuseToChangeBetweenNamesAndIds() {
        assertThat(session.accept(request(1), true, NOW)).isEqualTo(Errors.FETCH_SESSION_TOPIC_ID_ERROR);
        assertThat(session.accept(request(9), true, NOW)).isEqualTo(Errors.INVALID_FETCH_SESSION_EPOCH);
        assertThat(session.accept(request(1), false, NOW)).isEqualTo(Errors.NONE);
    }

    @Test
    void shouldAddChangeAndForgetPartitions() {
        FetchRequestData request = request(1, 3);
        request.topics().get(0).partitions().add(partition(1).setFetchOffset(50));
        request.setForgottenTopicsData(
                List.of(new ForgottenTopic().setTopic("t").setPartitions(List.of(0))));

        session.accept(request, false, NOW);

        assertThat(session.parts())
                .extracting(
                        part -> part.name().partition(), part -> part.wanted().fetchOffset())
                .containsExactly(
                        org.assertj.core.groups.Tuple.tuple(1, 50L),
                        org.assertj.core.groups.Tuple.tuple(2, 0L),
                        org.assertj.core.groups.Tuple.tuple(3, 0L));
    }

    @Test
    void shouldFindPartitionsByTopicIdWhereIdsAreUsed() {
        FetchSession byId = new FetchSession(8, true, NOW);
        byId.take(request(0, 0, 1), NOW);
        FetchRequestData request = request(1);
        request.setForgottenTopicsData(
                List.of(new ForgottenTopic().setTopicId(ID).setPartitions(List.of(0))));

        byId.accept(request, true, NOW);

        assertThat(byId.parts()).extracting(FetchPart::name).containsExactly(new Name("", ID, 1));
    }

    @Test
    void shouldTellAHighWatermarkOnce() {
        assertThat(session.isNews(name(0), answer(0, 5))).isTrue();
        assertThat(session.isNews(name(0), answer(0, 5))).isFalse();
        assertThat(session.isNews(name(0), answer(0, 6))).isTrue();
        assertThat(session.isNews(name(0), answer(0, 6).setLogStartOffset(3))).isTrue();
        assertThat(session.isNews(name(0), answer(0, 6).setLogStartOffset(3))).isFalse();
    }

    @Test
    void shouldTellEveryErrorAndTheHighWatermarkAgainAfterIt() {
        session.isNews(name(0), answer(0, 5));
        PartitionData failed = answer(0, -1).setErrorCode(Errors.NOT_LEADER_OR_FOLLOWER.code());

        assertThat(session.isNews(name(0), failed)).isTrue();
        assertThat(session.isNews(name(0), failed)).isTrue();
        assertThat(session.isNews(name(0), answer(0, 5))).isTrue();
    }

    @Test
    void shouldTellADivergingEpoch() {
        session.isNews(name(0), answer(0, 5));

        assertThat(session.isNews(
                        name(0),
                        answer(0, 5)
                                .setDivergingEpoch(
                                        new EpochEndOffset().setEpoch(1).setEndOffset(3))))
                .isTrue();
    }

    @Test
    void shouldMovePartitionsWithDataToTheEnd() {
        PartitionData data = answer(0, 5)
                .setRecords(MemoryRecords.withRecords(
                        org.apache.kafka.common.compress.Compression.NONE, new SimpleRecord(new byte[1])));

        assertThat(session.isNews(name(0), data)).isTrue();
        assertThat(session.isNews(name(0), data)).isTrue();
        session.isNews(name(1), answer(1, 5));

        assertThat(session.parts()).extracting(part -> part.name().partition()).containsExactly(1, 2, 0);
    }

    @Test
    void shouldGiveNoSessionWhileAllOthersAreInUseAndEvictTheOldestIdleOne() {
        int[] next = {10};
        IntSupplier ids = () -> next[0]++;
        FetchSessions sessions = new FetchSessions(2, ids);
        FetchSession first = Objects.requireNonNull(sessions.create(request(0, 0), false, 0));
        FetchSession second = Objects.requireNonNull(sessions.create(request(0, 0), false, 0));

        assertThat(sessions.create(request(0, 0), false, 119_999)).isNull();
        // The first is used again, so the second is the one to go.
        sessions.find(first.id()).orElseThrow().accept(request(1), false, 100_000);
        FetchSession third = sessions.create(request(0, 0), false, 120_000);

        assertThat(third).isNotNull();
        assertThat(sessions.find(first.id())).isPresent();
        assertThat(sessions.find(second.id())).isEmpty();
        assertThat(sessions.create(request(0, 0), false, 130_000)).isNull();
        assertThat(sessions.size()).isEqualTo(2);
    }

    @Test
    void shouldNeverGiveAnIdTwiceOrZero() {
        int[] ids = {0, 5, 5, 6};
        int[] next = {0};
        FetchSessions sessions = new FetchSessions(4, () -> ids[next[0]++]);

        FetchSession first = Objects.requireNonNull(sessions.create(request(0), false, 0));
        FetchSession second = Objects.requireNonNull(sessions.create(request(0), false, 0));

        assertThat(first.id()).isEqualTo(5);
        assertThat(second.id()).isEqualTo(6);
    }

    private static Name name(int partition) {
        return new Name("t", Uuid.ZERO_UUID, partition);
    }

    private static PartitionData answer(int partition, long highWatermark) {
        return new PartitionData()
                .setPartitionIndex(partition)
                .setHighWatermark(highWatermark)
                .setLogStartOffset(0)
                .setRecords(MemoryRecords.EMPTY);
    }

    private static FetchRequestData request(int epoch, int... partitions) {
        FetchTopic topic = new FetchTopic().setTopic("t").setTopicId(ID);
        for (int partition : partitions) {
            topic.partitions().add(partition(partition));
        }
        return new FetchRequestData().setSessionEpoch(epoch).setTopics(List.of(topic));
    }

    private static FetchPartition partition(int index) {
        return new FetchPartition().setPartition(index);
    }
}
