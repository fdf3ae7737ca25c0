package dev.weir.peer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.weir.peer.PeerClosed.Cause;
import dev.weir.peer.PeerException.Reason;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.ThreadingModel;
import io.vertx.core.VerticleBase;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import java.net.ServerSocket;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.DescribeAclsRequestData;
import org.apache.kafka.common.message.FetchRequestData;
import org.apache.kafka.common.message.FetchResponseData;
import org.apache.kafka.common.message.VoteRequestData;
import org.apache.kafka.common.message.VoteResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Connections over loopback to a peer that does what the test wants. */
class PeerClientTest {
    private static final int LONG_MS = 60_000;

    private final Vertx vertx = Vertx.vertx();
    private final List<PeerClosed> closed = new CopyOnWriteArrayList<>();
    private final PeerClient client = client(LONG_MS, 1_000);
    private FakePeer peer;

    private PeerClient client(int connectTimeoutMs, int maxCalls) {
        PeerOptions options =
                new PeerOptions("weir", "1", connectTimeoutMs, 1, 5, LONG_MS, 10, maxCalls, 1 << 20, 1 << 20);
        return new PeerClient(vertx, options, PeerSecurity.PLAINTEXT, closed::add);
    }

    @BeforeEach
    void start() throws Exception {
        peer = new FakePeer(vertx);
    }

    @AfterEach
    void stop() throws Exception {
        client.close().toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
        vertx.close().toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
    }

    @Test
    void shouldSendInTheNewestVersionAndReturnTheResponse() throws Exception {
        peer.onRequest(
                (socket, header) -> FakePeer.answer(socket, header, new VoteResponseData().setErrorCode((short) 7)));

        VoteResponseData response = (VoteResponseData) answer(vote());

        assertThat(response.errorCode()).isEqualTo((short) 7);
        assertThat(peer.requests.get(0).apiVersion()).isEqualTo(ApiKeys.VOTE.latestVersion(false));
        assertThat(peer.requests.get(0).clientId()).isEqualTo("weir");
        assertThat(closed).isEmpty();
    }

    @Test
    void shouldNotShareAConnectionBetweenPurposes() throws Exception {
        peer.onRequest((socket, header) -> {
            if (header.apiKey() == ApiKeys.VOTE) {
                FakePeer.answer(socket, header, new VoteResponseData());
            }
        });
        Future<ApiMessage> slow = client.send(peer.endpoint(), PeerPurpose.METADATA, new FetchRequestData(), LONG_MS);
        await().until(() -> peer.requests.size() == 1);

        answer(vote());

        assertThat(slow.isComplete()).isFalse();
        assertThat(peer.sockets).hasSize(2);
        answer(vote());
        assertThat(peer.sockets).hasSize(2);
    }

    @Test
    void shouldHandOverAResponseWhoseRecordsLieInAPooledBuffer() throws Exception {
        byte[] records = new byte[300_000];
        records[299_999] = 3;
        FetchResponseData sent = new FetchResponseData();
        sent.responses()
                .add(new FetchResponseData.FetchableTopicResponse()
                        .setTopicId(new Uuid(1, 2))
                        .setPartitions(List.of(new FetchResponseData.PartitionData()
                                .setRecords(MemoryRecords.readableRecords(ByteBuffer.wrap(records))))));
        peer.onRequest((socket, header) -> FakePeer.answer(socket, header, sent));

        PooledResponse response = client.sendPooled(
                        peer.endpoint(), PeerPurpose.replica(3), new FetchRequestData(), LONG_MS)
                .toCompletionStage()
                .toCompletableFuture()
                .get(10, TimeUnit.SECONDS);

        FetchResponseData message = (FetchResponseData) response.message();
        ByteBuffer received =
                ((MemoryRecords) message.responses().get(0).partitions().get(0).records()).buffer();
        assertThat(received.isDirect()).isTrue();
        assertThat(received).isEqualTo(ByteBuffer.wrap(records));
        response.release();
    }

    @Test
    void shouldFailAtOnceAndReportWhenNobodyListens() throws Exception {
        int port;
        try (ServerSocket free = new ServerSocket(0)) {
            port = free.getLocalPort();
        }
        PeerEndpoint nobody = new PeerEndpoint("127.0.0.1", port);

        Reason reason = reason(client.send(nobody, PeerPurpose.QUORUM, new VoteRequestData(), LONG_MS));

        assertThat(reason).isEqualTo(Reason.NOT_CONNECTED);
        await().until(() -> !closed.isEmpty());
        assertThat(closed).containsExactly(new PeerClosed(nobody, PeerPurpose.QUORUM, Cause.REFUSED));
    }

    @Test
    void shouldFailAtOnceWhatIsUnderWayWhenThePeerCloses() throws Exception {
        Future<ApiMessage> first = vote();
        Future<ApiMessage> second = vote();
        await().until(() -> peer.requests.size() == 2);

        peer.sockets.get(0).close();

        assertThat(reason(first)).isEqualTo(Reason.CLOSED);
        assertThat(reason(second)).isEqualTo(Reason.CLOSED);
        await().until(() -> !closed.isEmpty());
        assertThat(closed).containsExactly(new PeerClosed(peer.endpoint(), PeerPurpose.QUORUM, Cause.CLOSED));
    }

    @Test
    void shouldConnectAgainWithTheNextRequestAfterAFailure() throws Exception {
        peer.stop();
        assertThat(reason(vote())).isEqualTo(Reason.NOT_CONNECTED);
        assertThat(reason(vote())).isEqualTo(Reason.NOT_CONNECTED);
        peer.startAgain();
        peer.onRequest((socket, header) -> FakePeer.answer(socket, header, new VoteResponseData()));

        assertThat(answer(vote())).isEqualTo(new VoteResponseData());
    }

    @Test
    void shouldCloseAConnectionThatDoesNotAnswerInTime() throws Exception {
        Future<ApiMessage> patient = vote();
        await().until(() -> peer.requests.size() == 1);
        Future<ApiMessage> hasty = client.send(peer.endpoint(), PeerPurpose.QUORUM, new VoteRequestData(), 50);

        assertThat(reason(hasty)).isEqualTo(Reason.TIMEOUT);
        assertThat(reason(patient)).isEqualTo(Reason.TIMEOUT);
        await().until(() -> !closed.isEmpty());
        assertThat(closed.get(0).cause()).isEqualTo(Cause.TIMEOUT);
    }

    @Test
    void shouldNotWaitForAPeerThatAcceptsAndIsSilent() throws Exception {
        peer.neverGreets();
        PeerClient hasty = client(50, 1_000);

        Reason reason = reason(hasty.send(peer.endpoint(), PeerPurpose.QUORUM, new VoteRequestData(), LONG_MS));

        assertThat(reason).isEqualTo(Reason.NOT_CONNECTED);
        await().until(() -> !closed.isEmpty());
        assertThat(closed.get(0).cause()).isEqualTo(Cause.TIMEOUT);
        hasty.close();
    }

    @Test
    void shouldCloseAConnectionThatSendsGarbage() throws Exception {
        List<Buffer> garbage = List.of(
                Buffer.buffer("HTTP/1.1 400 Bad Request\r\n\r\n"),
                Buffer.buffer().appendInt(-5),
                Buffer.buffer().appendInt(8).appendInt(99).appendInt(0),
                Buffer.buffer().appendInt(5).appendInt(2).appendByte((byte) 0x7f));
        for (Buffer bytes : garbage) {
            peer.onRequest((socket, header) -> socket.write(bytes));

            assertThat(reason(vote())).isEqualTo(Reason.CLOSED);
        }
        await().until(() -> closed.size() == 4);
        assertThat(closed).allMatch(end -> end.cause() == Cause.CLOSED);
    }

    @Test
    void shouldTakeAResponseThatComesInSmallPieces() throws Exception {
        peer.onRequest((socket, header) -> {
            java.nio.ByteBuffer body = dev.weir.protocol.Messages.response(
                    header.apiKey(), header.apiVersion(), header.correlationId(), new VoteResponseData());
            socket.write(Buffer.buffer().appendInt(body.remaining()));
            while (body.hasRemaining()) {
                socket.write(Buffer.buffer().appendByte(body.get()));
            }
        });

        assertThat(answer(vote())).isEqualTo(new VoteResponseData());
    }

    @Test
    void shouldRefuseMoreRequestsThanMayWait() throws Exception {
        PeerClient narrow = client(LONG_MS, 2);
        Future<ApiMessage> first = narrow.send(peer.endpoint(), PeerPurpose.QUORUM, new VoteRequestData(), LONG_MS);
        await().until(() -> peer.requests.size() == 1);
        narrow.send(peer.endpoint(), PeerPurpose.QUORUM, new VoteRequestData(), LONG_MS);

        Future<ApiMessage> third = narrow.send(peer.endpoint(), PeerPurpose.QUORUM, new VoteRequestData(), LONG_MS);

        assertThat(reason(third)).isEqualTo(Reason.TOO_MANY);
        assertThat(first.isComplete()).isFalse();
        narrow.close();
    }

    @Test
    void shouldRefuseAnApiThatThePeerDoesNotServe() throws Exception {
        assertThat(reason(client.send(peer.endpoint(), PeerPurpose.QUORUM, new DescribeAclsRequestData(), LONG_MS)))
                .isEqualTo(Reason.UNSUPPORTED_VERSION);
    }

    @Test
    void shouldFailWhatIsUnderWayAndWhatComesAfterTheEnd() throws Exception {
        Future<ApiMessage> before = vote();
        await().until(() -> peer.requests.size() == 1);

        client.close();

        assertThat(reason(before)).isEqualTo(Reason.CLOSED);
        assertThat(reason(vote())).isEqualTo(Reason.CLOSED);
        assertThat(closed).isEmpty();
    }

    @Test
    void shouldFailTheOtherCallsThoughACallerIsGone() throws Exception {
        Future<String> caller = vertx.deployVerticle(
                new VerticleBase() {
                    @Override
                    public Future<?> start() {
                        vote();
                        return Future.succeededFuture();
                    }
                },
                new DeploymentOptions().setThreadingModel(ThreadingModel.WORKER).setWorkerPoolName("gone"));
        String id = caller.toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
        Future<ApiMessage> other = vote();
        await().until(() -> !peer.requests.isEmpty());
        vertx.undeploy(id).toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);

        client.close();

        assertThat(reason(other)).isEqualTo(Reason.CLOSED);
    }

    @Test
    void shouldReportTheEndOfAWatchedPeerAtOnceAndThenThatItRefuses() throws Exception {
        client.watch(peer.endpoint());
        await().until(() -> peer.sockets.size() == 1);

        peer.stop();

        await().until(() -> closed.size() >= 3);
        assertThat(closed).extracting(PeerClosed::purpose).containsOnly(PeerPurpose.WATCH);
        assertThat(List.copyOf(closed).subList(0, 3))
                .extracting(PeerClosed::cause)
                .containsExactly(Cause.CLOSED, Cause.REFUSED, Cause.REFUSED);
    }

    @Test
    void shouldWatchAPeerThatComesBackUntilItIsToldNotTo() throws Exception {
        client.watch(peer.endpoint());
        client.watch(peer.endpoint());
        await().until(() -> peer.sockets.size() == 1);
        peer.stop();
        await().until(() -> !closed.isEmpty());
        peer.startAgain();
        await().until(() -> peer.sockets.size() == 2);

        AtomicBoolean ended = new AtomicBoolean();
        peer.sockets.get(1).closeHandler(done -> ended.set(true));

        client.unwatch(peer.endpoint());

        await().until(ended::get);
        assertThat(peer.sockets).hasSize(2);
    }

    private Future<ApiMessage> vote() {
        return client.send(peer.endpoint(), PeerPurpose.QUORUM, new VoteRequestData(), LONG_MS);
    }

    private static ApiMessage answer(Future<ApiMessage> future) throws Exception {
        return future.toCompletionStage().toCompletableFuture().get(20, TimeUnit.SECONDS);
    }

    private static Reason reason(Future<ApiMessage> future) throws Exception {
        try {
            answer(future);
        } catch (ExecutionException e) {
            return ((PeerException) e.getCause()).reason();
        }
        throw new AssertionError("answered");
    }
}
