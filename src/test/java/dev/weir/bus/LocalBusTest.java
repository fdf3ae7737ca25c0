package dev.weir.bus;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Context;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.ThreadingModel;
import io.vertx.core.VerticleBase;
import io.vertx.core.Vertx;
import io.vertx.junit5.VertxExtension;
import io.vertx.junit5.VertxTestContext;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.apache.kafka.common.errors.UnknownTopicIdException;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(VertxExtension.class)
class LocalBusTest {
    private static final Address<String, String> ECHO = new Address<>("echo", 3);
    private static final Broadcast<Integer> NEWS = new Broadcast<>("news");

    private LocalBus bus;

    @BeforeEach
    void open(Vertx vertx) {
        bus = new LocalBus(vertx);
    }

    @Test
    void shouldAnswerOnTheContextOfTheCaller(Vertx vertx, VertxTestContext test) {
        String[] servedBy = new String[1];
        worker(
                        vertx,
                        () -> bus.serve(ECHO, text -> {
                            servedBy[0] = Thread.currentThread().getName();
                            return Future.succeededFuture(text + "!");
                        }))
                .onComplete(test.succeeding(deployed -> {
                    Context caller = vertx.getOrCreateContext();
                    caller.runOnContext(ignored -> {
                        Thread thread = Thread.currentThread();
                        bus.ask(ECHO, "hello")
                                .onComplete(test.succeeding(answer -> test.verify(() -> {
                                    assertThat(answer).isEqualTo("hello!");
                                    assertThat(Vertx.currentContext()).isSameAs(caller);
                                    assertThat(Thread.currentThread()).isSameAs(thread);
                                    assertThat(servedBy[0]).contains("shard");
                                    assertThat(bus.inFlight(ECHO)).isZero();
                                    test.completeNow();
                                })));
                    });
                }));
    }

    @Test
    void shouldHearWhatWasPublishedBeforeTheAnswerAlsoWhereTheCallerIsSlowToListen(Vertx vertx, VertxTestContext test) {
        List<Integer> heard = new ArrayList<>();
        worker(
                        vertx,
                        () -> bus.serve(ECHO, text -> {
                            bus.publish(NEWS, 1);
                            return Future.succeededFuture(text);
                        }))
                .onComplete(
                        test.succeeding(deployed -> vertx.getOrCreateContext().runOnContext(ignored -> {
                            bus.subscribe(NEWS, heard::add);
                            Future<String> answer = bus.ask(ECHO, "late");
                            while (bus.inFlight(ECHO) > 0) {
                                Thread.onSpinWait();
                            }
                            answer.onComplete(test.succeeding(late -> test.verify(() -> {
                                assertThat(heard).containsExactly(1);
                                test.completeNow();
                            })));
                        })));
    }

    @Test
    void shouldFailWithTheKafkaErrorOfWhatTheHandlerThrows(VertxTestContext test) {
        bus.serve(ECHO, text -> {
            throw new UnknownTopicIdException("who?");
        });

        expect(Errors.UNKNOWN_TOPIC_ID, test);
    }

    @Test
    void shouldFailWhenTheHandlersFutureFails(VertxTestContext test) {
        bus.serve(ECHO, text -> Future.failedFuture(new IllegalStateException("a bug")));

        expect(Errors.UNKNOWN_SERVER_ERROR, test);
    }

    @Test
    void shouldFailAlsoWhenTheHandlerDiesOfAnError(VertxTestContext test) {
        bus.serve(ECHO, text -> {
            throw new StackOverflowError();
        });

        expect(Errors.UNKNOWN_SERVER_ERROR, test);
    }

    @Test
    void shouldFailWhenNobodyServes(VertxTestContext test) {
        expect(Errors.BROKER_NOT_AVAILABLE, test);
    }

    @Test
    void shouldFailWhenNobodyServesAnyMore(VertxTestContext test) {
        bus.serve(ECHO, Future::succeededFuture)
                .close()
                .onComplete(closed -> expect(Errors.BROKER_NOT_AVAILABLE, test));
    }

    @Test
    void shouldFailWhatIsUnderWayWhenTheVerticleThatServesItStops(Vertx vertx, VertxTestContext test) {
        Promise<String> late = Promise.promise();
        Promise<Void> asked = Promise.promise();
        worker(
                        vertx,
                        () -> bus.serve(ECHO, text -> {
                            asked.complete();
                            return late.future();
                        }))
                .onComplete(test.succeeding(server -> {
                    Future<String> answer = bus.ask(ECHO, "hello");
                    asked.future().compose(done -> vertx.undeploy(server)).onFailure(test::failNow);
                    answer.onComplete(test.failing(cause -> test.verify(() -> {
                        assertThat(BusException.errorOf(cause)).isEqualTo(Errors.BROKER_NOT_AVAILABLE);
                        assertThat(bus.inFlight(ECHO)).isZero();
                        late.complete("too late");
                        assertThat(bus.inFlight(ECHO)).isZero();
                        test.completeNow();
                    })));
                }));
    }

    @Test
    void shouldFailWhatIsUnderWayWhenItIsServedNoMore(Vertx vertx, VertxTestContext test) {
        LocalBus.Registration served =
                bus.serve(ECHO, text -> Promise.<String>promise().future());
        Future<String> answer = bus.ask(ECHO, "hello");

        served.close();

        answer.onComplete(test.failing(cause -> test.verify(() -> {
            assertThat(BusException.errorOf(cause)).isEqualTo(Errors.BROKER_NOT_AVAILABLE);
            test.completeNow();
        })));
    }

    /** Whoever answers has others to answer too. */
    @Test
    void shouldNotTroubleWhoeverAnswersACallerThatIsGone(Vertx vertx, VertxTestContext test) {
        Promise<String> late = Promise.promise();
        Promise<Void> asked = Promise.promise();
        bus.serve(ECHO, text -> {
            asked.complete();
            return late.future();
        });
        worker(vertx, () -> bus.ask(ECHO, "hello"))
                .compose(caller -> asked.future().compose(done -> vertx.undeploy(caller)))
                .onComplete(test.succeeding(gone -> test.verify(() -> {
                    late.complete("too late");
                    assertThat(bus.inFlight(ECHO)).isZero();
                    test.completeNow();
                })));
    }

    @Test
    void shouldRefuseWhatExceedsTheBoundAndTakeMoreAfterAnAnswer(Vertx vertx, VertxTestContext test) {
        List<Promise<String>> waiting = new ArrayList<>();
        vertx.getOrCreateContext().runOnContext(ignored -> {
            bus.serve(ECHO, text -> {
                Promise<String> answer = Promise.promise();
                waiting.add(answer);
                return answer.future();
            });
            bus.ask(ECHO, "1");
            bus.ask(ECHO, "2");
            bus.ask(ECHO, "3");
            assertThat(bus.inFlight(ECHO)).isEqualTo(3);
            bus.ask(ECHO, "4")
                    .onComplete(test.failing(refused -> test.verify(() -> {
                        assertThat(BusException.errorOf(refused)).isEqualTo(Errors.THROTTLING_QUOTA_EXCEEDED);
                        assertThat(waiting).hasSizeLessThanOrEqualTo(3);
                        vertx.runOnContext(later -> {
                            waiting.get(0).complete("done");
                            assertThat(bus.inFlight(ECHO)).isEqualTo(2);
                            bus.ask(ECHO, "5");
                            assertThat(bus.inFlight(ECHO)).isEqualTo(3);
                            test.completeNow();
                        });
                    })));
        });
    }

    @Test
    void shouldTellEverySubscriberInOrder(Vertx vertx, VertxTestContext test) throws Exception {
        List<Integer> one = new ArrayList<>();
        List<Integer> two = new ArrayList<>();
        CountDownLatch all = new CountDownLatch(2);
        List<Integer> expected = IntStream.range(0, 1_000).boxed().toList();
        Future.all(
                        worker(vertx, () -> bus.subscribe(NEWS, event -> note(one, event, all))),
                        worker(vertx, () -> bus.subscribe(NEWS, event -> note(two, event, all))))
                .onComplete(test.succeeding(deployed -> expected.forEach(event -> bus.publish(NEWS, event))));

        assertThat(all.await(10, TimeUnit.SECONDS)).isTrue();
        assertThat(one).isEqualTo(expected);
        assertThat(two).isEqualTo(expected);
        test.completeNow();
    }

    @Test
    void shouldPublishToNobody(VertxTestContext test) {
        bus.publish(NEWS, 1);

        test.completeNow();
    }

    private void expect(Errors error, VertxTestContext test) {
        bus.ask(ECHO, "hello")
                .onComplete(test.failing(cause -> test.verify(() -> {
                    assertThat(cause).isInstanceOf(BusException.class);
                    assertThat(BusException.errorOf(cause)).isEqualTo(error);
                    assertThat(bus.inFlight(ECHO)).isZero();
                    test.completeNow();
                })));
    }

    private static void note(List<Integer> seen, int event, CountDownLatch all) {
        seen.add(event);
        if (seen.size() == 1_000) {
            all.countDown();
        }
    }

    private static Future<String> worker(Vertx vertx, Runnable onStart) {
        return vertx.deployVerticle(
                new VerticleBase() {
                    @Override
                    public Future<?> start() {
                        onStart.run();
                        return Future.succeededFuture();
                    }
                },
                new DeploymentOptions()
                        .setThreadingModel(ThreadingModel.WORKER)
                        .setWorkerPoolName("shard")
                        .setWorkerPoolSize(1));
    }
}
