package dev.weir.controller;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.bus.BusException;
import dev.weir.bus.LocalBus;
import dev.weir.metadata.NewestImage;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.apache.kafka.common.message.AllocateProducerIdsRequestData;
import org.apache.kafka.common.message.AllocateProducerIdsResponseData;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ProducerIdVerticleTest {
    private final Vertx vertx = Vertx.vertx();
    private final LocalBus bus = new LocalBus(vertx);
    private final ProducerIdClient client = new ProducerIdClient(bus);
    private final List<AllocateProducerIdsRequestData> asked = new CopyOnWriteArrayList<>();
    private volatile Future<AllocateProducerIdsResponseData> answer = block(1000, 1000);

    @BeforeEach
    void deploy() throws Exception {
        bus.serve(ControllerClient.ALLOCATE_PRODUCER_IDS, request -> {
            asked.add(request);
            return answer;
        });
        await(vertx.deployVerticle(
                new ProducerIdVerticle(bus, new ControllerClient(bus), new NewestImage(TestCluster.ofBrokers(2)), 2)));
    }

    @AfterEach
    void stop() throws Exception {
        await(vertx.close());
    }

    @Test
    void shouldGiveAllOfTheBrokerTheirIdsFromOneBlock() throws Exception {
        List<Future<Long>> ids = ask(800);

        assertThat(await(Future.all(ids)).<Long>list()).doesNotHaveDuplicates().allMatch(id -> id >= 1000 && id < 2000);
        assertThat(asked)
                .containsExactly(
                        new AllocateProducerIdsRequestData().setBrokerId(2).setBrokerEpoch(20));
    }

    @Test
    void shouldLetThoseWaitWhoAskBeforeTheFirstBlockIsThere() throws Exception {
        Promise<AllocateProducerIdsResponseData> later = Promise.promise();
        answer = later.future();
        List<Future<Long>> ids = ask(3);
        awaitAsked(1);

        later.complete(block(1000, 1000).result());

        assertThat(await(Future.all(ids)).<Long>list()).containsExactly(1000L, 1001L, 1002L);
        assertThat(asked).hasSize(1);
    }

    @Test
    void shouldSayThatItIsLoadingIfTheControllerRefuses() {
        answer = Future.succeededFuture(
                new AllocateProducerIdsResponseData().setErrorCode(Errors.STALE_BROKER_EPOCH.code()));

        assertThat(error(client.next())).isEqualTo(Errors.COORDINATOR_LOAD_IN_PROGRESS);
    }

    @Test
    void shouldSayThatItIsLoadingIfTheControllerIsSilent() {
        answer = Promise.<AllocateProducerIdsResponseData>promise().future();

        assertThat(error(client.next())).isEqualTo(Errors.COORDINATOR_LOAD_IN_PROGRESS);
    }

    @Test
    void shouldAskAgainAfterAFailure() throws Exception {
        answer = Future.failedFuture(new BusException(Errors.REQUEST_TIMED_OUT, null));
        assertThat(error(client.next())).isEqualTo(Errors.COORDINATOR_LOAD_IN_PROGRESS);
        answer = block(7000, 10);

        org.awaitility.Awaitility.await()
                .untilAsserted(() -> assertThat(await(client.next())).isEqualTo(7000));
    }

    private List<Future<Long>> ask(int count) {
        return IntStream.range(0, count).mapToObj(i -> client.next()).toList();
    }

    private void awaitAsked(int count) {
        org.awaitility.Awaitility.await().until(() -> asked.size() == count);
    }

    private static Future<AllocateProducerIdsResponseData> block(long start, int length) {
        return Future.succeededFuture(
                new AllocateProducerIdsResponseData().setProducerIdStart(start).setProducerIdLen(length));
    }

    private static Errors error(Future<Long> failing) {
        return BusException.errorOf(failing.toCompletionStage()
                .toCompletableFuture()
                .handle((id, cause) -> cause)
                .join());
    }

    private static <T> T await(Future<T> future) throws Exception {
        return future.toCompletionStage().toCompletableFuture().get(20, TimeUnit.SECONDS);
    }
}
