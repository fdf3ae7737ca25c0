package dev.weir.replica;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.weir.bus.LocalBus;
import dev.weir.config.BrokerConfig;
import dev.weir.metadata.ClusterImage;
import dev.weir.metadata.ImageChange;
import dev.weir.metadata.ImageClient;
import dev.weir.metadata.LogPosition;
import dev.weir.metadata.MetadataUpdates;
import dev.weir.metadata.record.Endpoint;
import dev.weir.metadata.record.PartitionChangeRecord;
import dev.weir.metadata.record.PartitionRecord;
import dev.weir.metadata.record.RegisterBrokerRecord;
import dev.weir.metadata.record.TopicRecord;
import dev.weir.partition.client.FollowerClient;
import dev.weir.partition.client.FollowerMessages.FollowerTurn;
import dev.weir.partition.client.FollowerMessages.Outcome;
import dev.weir.partition.client.FollowerMessages.Place;
import dev.weir.partition.client.FollowerMessages.Position;
import dev.weir.partition.client.FollowerMessages.Step;
import dev.weir.peer.FakePeer;
import dev.weir.peer.PeerClient;
import dev.weir.peer.PeerOptions;
import dev.weir.peer.PeerSecurity;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.net.NetSocket;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.FetchResponseData;
import org.apache.kafka.common.message.FetchResponseData.FetchableTopicResponse;
import org.apache.kafka.common.message.FetchResponseData.PartitionData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.requests.RequestHeader;
import org.apache.kafka.common.security.auth.SecurityProtocol;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The fetchers of a shard between a leader over loopback and a shard that does what the test wants. */
class ReplicaFetcherVerticleTest {
    private static final Uuid TOPIC = new Uuid(3, 1);
    private static final byte[] RECORDS = new byte[100_000];

    private final Vertx vertx = Vertx.vertx();
    private final LocalBus bus = new LocalBus(vertx);
    private final List<String> turns = new CopyOnWriteArrayList<>();
    private final List<NetSocket> waiting = new CopyOnWriteArrayList<>();
    private final AtomicInteger fetches = new AtomicInteger();
    private FakePeer leader;
    private ClusterImage image;

    @BeforeEach
    void start() throws Exception {
        RECORDS[99_999] = 7;
        leader = new FakePeer(vertx);
        image = ClusterImage.empty("cluster")
                .apply(broker(1, leader.endpoint().port()))
                .apply(broker(2, leader.endpoint().port()))
                .apply(new TopicRecord("orders", TOPIC))
                .apply(new PartitionRecord(
                        TOPIC,
                        0,
                        List.of(2, 1),
                        List.of(2, 1),
                        List.of(),
                        List.of(),
                        2,
                        5,
                        5,
                        List.of(new Uuid(5, 2), new Uuid(5, 1)),
                        false));
        bus.serve(FollowerClient.address(0), this::take);
    }

    @AfterEach
    void stop() throws Exception {
        done(vertx.close());
    }

    @Test
    void shouldHandTheRecordsOfTheLeaderToTheShardAndFetchOn() throws Exception {
        leader.onRequest(this::answerTheFirstFetch);

        done(vertx.deployVerticle(verticle()));

        await().until(() -> fetches.get() == 2);
        assertThat(turns).containsExactly("locate", "append 100000 bytes ending in 7 at 10");
    }

    @Test
    void shouldEndWhatWaitsWhenItIsUndeployed() throws Exception {
        leader.onRequest((socket, header) -> waiting.add(socket));
        String id = done(vertx.deployVerticle(verticle()));
        await().until(() -> waiting.size() == 1);
        AtomicInteger closed = new AtomicInteger();
        waiting.get(0).closeHandler(end -> closed.incrementAndGet());

        done(vertx.undeploy(id));

        await().until(() -> closed.get() == 1);
        assertThat(turns).containsExactly("locate");
    }

    @Test
    void shouldFollowTheMetadataAndTellWhatItFetches() throws Exception {
        leader.onRequest((socket, header) -> waiting.add(socket));
        done(vertx.deployVerticle(verticle()));
        await().until(() -> waiting.size() == 1);
        assertThat(stats()).isEqualTo(List.of(new FetcherStats(2, 1, 0, 0)));

        bus.publish(
                MetadataUpdates.CHANGES,
                ImageChange.of(image, List.of(PartitionChangeRecord.of(TOPIC, 0).withLeader(1)), LogPosition.NONE));

        await().until(() -> stats().equals(List.of(new FetcherStats(2, 0, 0, 0))));
    }

    private List<FetcherStats> stats() throws Exception {
        return done(new ReplicaStatsClient(bus, 1).stats().get(0)).fetchers();
    }

    /** With records and a session; any other waits. */
    private void answerTheFirstFetch(NetSocket socket, RequestHeader header) {
        if (header.apiKey() == ApiKeys.FETCH && fetches.incrementAndGet() == 1) {
            FakePeer.answer(
                    socket,
                    header,
                    new FetchResponseData()
                            .setSessionId(77)
                            .setResponses(List.of(new FetchableTopicResponse()
                                    .setTopicId(TOPIC)
                                    .setPartitions(List.of(new PartitionData()
                                            .setHighWatermark(3)
                                            .setRecords(MemoryRecords.readableRecords(ByteBuffer.wrap(RECORDS))))))));
        }
    }

    private Future<List<Outcome>> take(FollowerTurn turn) {
        Step step = turn.entries().get(0).step();
        if (step instanceof Step.Append append) {
            ByteBuffer batches = append.batches();
            turns.add("append " + batches.remaining() + " bytes ending in " + batches.get(batches.limit() - 1) + " at "
                    + append.at().offset());
            return Future.succeededFuture(List.of(new Outcome.Done(new Position(new Place(20, 5), 0, 3))));
        }
        turns.add("locate");
        return Future.succeededFuture(List.of(new Outcome.Done(new Position(new Place(10, 4), 0, 0))));
    }

    private ReplicaFetcherVerticle verticle() {
        bus.serve(ImageClient.NEWEST, asked -> Future.succeededFuture(image));
        return new ReplicaFetcherVerticle(
                bus,
                new ReplicaFetcherVerticle.Options(
                        1, 0, 1, "PLAINTEXT", BrokerConfig.defaults().replicaFetch()),
                () -> new PeerClient(vertx, PeerOptions.of("fetcher", "1"), PeerSecurity.PLAINTEXT, end -> {}));
    }

    private static RegisterBrokerRecord broker(int id, int port) {
        return new RegisterBrokerRecord(
                id,
                new Uuid(9, id),
                40L + id,
                List.of(new Endpoint("PLAINTEXT", "127.0.0.1", port, SecurityProtocol.PLAINTEXT)),
                List.of(),
                null,
                false,
                false,
                List.of(new Uuid(5, id)));
    }

    private static <T> T done(Future<T> future) throws Exception {
        return future.toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
    }
}
