package dev.weir.network.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.weir.bus.BusException;
import dev.weir.config.BrokerConfig;
import dev.weir.metadata.ClusterImage;
import dev.weir.metadata.NewestImage;
import dev.weir.metadata.record.RegisterBrokerRecord;
import dev.weir.partition.client.FetchAnswer;
import dev.weir.partition.client.PartitionKey;
import dev.weir.partition.client.ReplicaFetch;
import dev.weir.partition.client.ReplicaFetch.News;
import dev.weir.partition.client.ReplicaFetch.Stage;
import dev.weir.partition.client.ReplicaFetchClient;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.FetchRequestData;
import org.apache.kafka.common.message.FetchRequestData.FetchPartition;
import org.apache.kafka.common.message.FetchRequestData.FetchTopic;
import org.apache.kafka.common.message.FetchRequestData.ForgottenTopic;
import org.apache.kafka.common.message.FetchRequestData.ReplicaState;
import org.apache.kafka.common.message.FetchResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.RequestHeader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** How the fetches of a follower find the shards of its session. */
class ReplicaFetchHandlerTest {
    private static final int SHARDS = 3;
    private static final int FOLLOWER = 2;
    private static final long EPOCH = 42;
    private static final Uuid TOPIC = new Uuid(3, 1);
    private static final int MAX_BYTES = 900;

    private final Shards shards = new Shards();
    private final AtomicInteger ids = new AtomicInteger(100);
    private final ReplicaSessions sessions = new ReplicaSessions(ids::incrementAndGet);
    private final ReplicaFetchHandler handler;
    private Runnable abandoned = () -> {};

    ReplicaFetchHandlerTest() {
        ClusterImage image = ClusterImage.empty("cluster")
                .apply(new RegisterBrokerRecord(
                        FOLLOWER,
                        Uuid.randomUuid(),
                        EPOCH,
                        List.of(),
                        List.of(),
                        null,
                        true,
                        false,
                        List.of(new Uuid(500, 2))));
        BrokerView view = new BrokerView(1, BrokerConfig.defaults(), new NewestImage(image));
        handler = new ReplicaFetchHandler(view, shards, sessions, new FetchResponses(view));
    }

    @ParameterizedTest
    @CsvSource({"2, 42, 15, true", "2, 42, 14, false", "2, 41, 17, false", "3, 42, 17, false", "-1, -1, 17, false"})
    void shouldServeWhoIsRegisteredAsItSays(int replicaId, long brokerEpoch, short version, boolean serves) {
        FetchRequestData request = new FetchRequestData()
                .setReplicaState(new ReplicaState().setReplicaId(replicaId).setReplicaEpoch(brokerEpoch));

        assertThat(handler.serves(request, context(version))).isEqualTo(serves);
    }

    @Test
    void shouldGoOnWithTheSessionInTheOneShardThatHasAllOfIt() {
        // given
        Future<FetchResponseData> first = fetch(0, 0, on(1), on(1));
        shards.answer(0, news(on(1)));
        int session = first.result().sessionId();

        // when
        Future<FetchResponseData> second = fetch(session, 1);
        Future<FetchResponseData> third = fetch(session, 2);

        // then
        assertThat(shards.asked)
                .extracting(asked -> asked.shard, asked -> asked.fetch.stage(), asked -> asked.fetch.maxBytes())
                .containsExactly(
                        tuple(1, Stage.BEGIN, MAX_BYTES),
                        tuple(1, Stage.GO_ON, MAX_BYTES),
                        tuple(1, Stage.GO_ON, MAX_BYTES));
        assertThat(shards.fetch(1).named()).isEmpty();
        shards.answer(1);
        shards.answer(2, news(on(1)));
        assertThat(second.result().responses()).isEmpty();
        assertThat(third.result().responses().get(0).topicId()).isEqualTo(TOPIC);
        assertThat(third.result().sessionId()).isEqualTo(session);
    }

    @Test
    void shouldShareTheBytesOverShardsAndEndTheWaitOfTheOthersWithTheFirstNews() {
        // given
        Future<FetchResponseData> answer = fetch(0, 0, on(0), on(2));

        // when
        shards.answer(1, news(on(2)));

        // then
        assertThat(answer.isComplete()).isFalse();
        assertThat(shards.ended).containsExactly("0 waits " + shards.fetch(0).ticket());
        assertThat(shards.fetch(0).maxBytes()).isEqualTo(MAX_BYTES / 2);
        shards.answer(0);
        assertThat(answer.result().responses()).hasSize(1);
    }

    @Test
    void shouldBeginInAShardThatTheSessionComesToLater() {
        // given
        Future<FetchResponseData> first = fetch(0, 0, on(0));
        shards.answer(0);

        // when
        fetch(first.result().sessionId(), 1, on(2));

        // then
        assertThat(shards.asked.subList(1, 3))
                .extracting(asked -> asked.shard, asked -> asked.fetch.stage())
                .containsExactly(tuple(0, Stage.GO_ON), tuple(2, Stage.BEGIN));
    }

    /** It would answer every fetch at once. */
    @Test
    void shouldLeaveAShardThatHasNothingLeftOfTheSession() {
        // given
        Future<FetchResponseData> first = fetch(0, 0, on(0), on(2));
        shards.answer(0);
        shards.answer(1);
        FetchRequestData request = request(first.result().sessionId(), 1)
                .setForgottenTopicsData(
                        List.of(new ForgottenTopic().setTopicId(TOPIC).setPartitions(List.of(on(2).partition()))));

        // when
        handler.handle(request, context((short) 18));

        // then
        assertThat(shards.asked).hasSize(3);
        assertThat(shards.asked.get(2).shard).isZero();
        assertThat(shards.ended).contains("2 session " + shards.fetch(0).session());
    }

    @Test
    void shouldKeepNothingOfAFetchWithoutASession() {
        Future<FetchResponseData> answer = fetch(0, -1, on(0));
        shards.answer(0, news(on(0)));

        assertThat(shards.fetch(0).stage()).isEqualTo(Stage.ONCE);
        assertThat(answer.result().sessionId()).isZero();
        assertThat(sessions.size()).isZero();
    }

    @Test
    void shouldEndTheSessionThatANewOneReplaces() {
        // given
        Future<FetchResponseData> first = fetch(0, 0, on(0));
        shards.answer(0);

        // when
        fetch(first.result().sessionId(), 0, on(0));

        // then
        assertThat(sessions.size()).isEqualTo(1);
        assertThat(shards.ended).containsExactly("0 session " + shards.fetch(0).session());
    }

    @ParameterizedTest
    @CsvSource({"0, 2, INVALID_FETCH_SESSION_EPOCH", "9, 1, FETCH_SESSION_ID_NOT_FOUND"})
    void shouldRefuseWhatIsNotTheNextFetchOfTheSession(int otherId, int epoch, Errors error) {
        // given
        Future<FetchResponseData> first = fetch(0, 0, on(0));
        shards.answer(0);

        // when
        Future<FetchResponseData> answer = fetch(first.result().sessionId() + otherId, epoch);

        // then
        assertThat(Errors.forCode(answer.result().errorCode())).isEqualTo(error);
        assertThat(shards.asked).hasSize(1);
    }

    @Test
    void shouldTellTheFollowerToBeginAnewWhenAShardDoesNotKnowTheSession() {
        // given
        Future<FetchResponseData> first = fetch(0, 0, on(0), on(1));
        shards.answer(0);
        shards.answer(1);
        Future<FetchResponseData> second = fetch(first.result().sessionId(), 1);

        // when
        shards.answer(2, news(on(0)));
        shards.asked.get(3).answer.complete(ReplicaFetch.Answer.failed(Errors.FETCH_SESSION_ID_NOT_FOUND));

        // then
        assertThat(Errors.forCode(second.result().errorCode())).isEqualTo(Errors.FETCH_SESSION_ID_NOT_FOUND);
        assertThat(second.result().responses()).isEmpty();
        assertThat(sessions.size()).isZero();
    }

    @Test
    void shouldSayWhyWhenAShardFails() {
        Future<FetchResponseData> answer = fetch(0, 0, on(0));

        shards.asked.get(0).answer.fail(new BusException(Errors.BROKER_NOT_AVAILABLE, "it stops"));

        assertThat(Errors.forCode(answer.result().errorCode())).isEqualTo(Errors.BROKER_NOT_AVAILABLE);
    }

    @Test
    void shouldEndWaitAndSessionWhenTheConnectionIsClosed() {
        // given
        fetch(0, 0, on(0));

        // when
        abandoned.run();

        // then
        assertThat(shards.ended)
                .containsExactly(
                        "0 waits " + shards.fetch(0).ticket(),
                        "0 session " + shards.fetch(0).session());
        assertThat(sessions.size()).isZero();
    }

    @Test
    void shouldEndTheSessionsThatAreTooManyUnusedOrOfAFormerIncarnation() {
        // given
        long nowMs = 1_000;
        ReplicaSessions.Session former = sessions.create(FOLLOWER, 41, nowMs);
        ReplicaSessions.Session unused = sessions.create(3, 43, nowMs - 130_000);
        for (int i = 0; i < ReplicaSessions.MAX; i++) {
            sessions.create(4, 44, nowMs);
        }

        // when
        List<ReplicaSessions.Session> evicted = sessions.evict(FOLLOWER, EPOCH, nowMs);

        // then
        assertThat(evicted).containsExactlyInAnyOrder(former, unused);
        sessions.create(4, 44, nowMs);
        assertThat(sessions.evict(FOLLOWER, EPOCH, nowMs)).hasSize(1);
        assertThat(sessions.size()).isEqualTo(ReplicaSessions.MAX);
    }

    /** A partition that lives in this shard. */
    private static PartitionKey on(int shard) {
        for (int partition = 0; ; partition++) {
            PartitionKey key = new PartitionKey(TOPIC, partition);
            if (key.shard(SHARDS) == shard) {
                return key;
            }
        }
    }

    private Future<FetchResponseData> fetch(int sessionId, int sessionEpoch, PartitionKey... keys) {
        FetchRequestData request = request(sessionId, sessionEpoch);
        request.topics()
                .add(new FetchTopic()
                        .setTopicId(TOPIC)
                        .setPartitions(Arrays.stream(keys)
                                .distinct()
                                .map(key -> new FetchPartition()
                                        .setPartition(key.partition())
                                        .setCurrentLeaderEpoch(0)
                                        .setPartitionMaxBytes(1 << 20))
                                .toList()));
        return handler.handle(request, context((short) 18));
    }

    private static FetchRequestData request(int sessionId, int sessionEpoch) {
        return new FetchRequestData()
                .setSessionId(sessionId)
                .setSessionEpoch(sessionEpoch)
                .setMaxBytes(MAX_BYTES)
                .setMinBytes(1)
                .setMaxWaitMs(500)
                .setReplicaState(new ReplicaState().setReplicaId(FOLLOWER).setReplicaEpoch(EPOCH));
    }

    private RequestContext context(short version) {
        return new RequestContext(
                new RequestHeader(ApiKeys.FETCH, version, "broker-2", 1),
                "PLAINTEXT",
                InetAddress.getLoopbackAddress(),
                new AbandonableLink());
    }

    private final class AbandonableLink implements RequestContext.Link {
        @Override
        public long number() {
            return 0;
        }

        @Override
        public void onAbandoned(Runnable action) {
            abandoned = action;
        }

        @Override
        public void bytesDone() {}

        @Override
        public void ofBroker() {}

        @Override
        public void alone(Runnable whenSent) {}
    }

    private static News news(PartitionKey key) {
        return new News(
                key, new FetchAnswer(Errors.NONE, 5, 5, 0, null, List.of(), null, null, FetchAnswer.Unread.NOTHING));
    }

    /** Shards that note what they are asked. */
    private static final class Shards implements ReplicaFetchClient {
        private record Asked(int shard, ReplicaFetch fetch, Promise<ReplicaFetch.Answer> answer) {}

        private final List<Asked> asked = new ArrayList<>();
        private final List<String> ended = new ArrayList<>();

        ReplicaFetch fetch(int index) {
            return asked.get(index).fetch;
        }

        void answer(int index, News... news) {
            asked.get(index).answer.complete(new ReplicaFetch.Answer(Errors.NONE, List.of(news)));
        }

        @Override
        public int shards() {
            return SHARDS;
        }

        @Override
        public Future<ReplicaFetch.Answer> replicaFetch(int shard, ReplicaFetch fetch) {
            Promise<ReplicaFetch.Answer> answer = Promise.promise();
            asked.add(new Asked(shard, fetch, answer));
            return answer.future();
        }

        @Override
        public void endWait(int shard, long ticket) {
            ended.add(shard + " waits " + ticket);
        }

        @Override
        public void endReplicaSession(int shard, long session) {
            ended.add(shard + " session " + session);
        }
    }
}
