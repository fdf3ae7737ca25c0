package dev.weir.metadata;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.bus.LocalBus;
import dev.weir.metadata.record.TopicRecord;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.ThreadingModel;
import io.vertx.core.VerticleBase;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.Uuid;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ImageClientTest {
    private static final int CHANGES = 3_000;
    private static final int FOLLOWERS = 20;

    private final Vertx vertx = Vertx.vertx();
    private final LocalBus bus = new LocalBus(vertx);

    @AfterEach
    void stop() throws Exception {
        await(vertx.close());
    }

    /** Whenever a follower comes, its images make one chain to the last one. */
    @ParameterizedTest
    @EnumSource(
            value = ThreadingModel.class,
            names = {"EVENT_LOOP", "WORKER"})
    void shouldGiveEachFollowerTheWholeImageAndThenEachChangeOnce(ThreadingModel threading) throws Exception {
        Controller controller = new Controller(bus);
        ClusterImage known = controller.image;
        await(vertx.deployVerticle(controller, options(ThreadingModel.WORKER, "controller")));
        List<Follower> followers = new ArrayList<>();
        List<Future<String>> started = new ArrayList<>();
        for (int i = 0; i < FOLLOWERS; i++) {
            Follower follower = new Follower(bus, known);
            followers.add(follower);
            started.add(vertx.deployVerticle(follower, options(threading, "follower-" + i)));
            // Another turn of the controller's, so that followers come at all points of its chain.
            await(new ImageClient(bus).newest());
        }
        await(Future.all(started));

        ClusterImage last = await(controller.last.future());
        await(Future.all(followers.stream().map(f -> f.reached(last)).toList()));

        assertThat(followers).allSatisfy(follower -> {
            List<ImageChange> seen = List.copyOf(follower.seen);
            assertThat(seen.get(0).before()).isSameAs(known);
            for (int i = 1; i < seen.size(); i++) {
                assertThat(seen.get(i).before()).isSameAs(seen.get(i - 1).after());
            }
        });
    }

    private static DeploymentOptions options(ThreadingModel threading, String pool) {
        return new DeploymentOptions()
                .setThreadingModel(threading)
                .setWorkerPoolName(pool)
                .setWorkerPoolSize(1);
    }

    private static <T> T await(Future<T> future) throws Exception {
        return future.toCompletionStage().toCompletableFuture().get(60, TimeUnit.SECONDS);
    }

    /** Decides without end, on a thread of its own. */
    private static final class Controller extends VerticleBase {
        final Promise<ClusterImage> last = Promise.promise();
        private final LocalBus bus;
        private ClusterImage image = ClusterImage.empty("cluster");
        private int changes;

        Controller(LocalBus bus) {
            this.bus = bus;
        }

        @Override
        public Future<?> start() {
            bus.serve(ImageClient.NEWEST, asked -> Future.succeededFuture(image));
            context.runOnContext(turn -> next());
            return Future.succeededFuture();
        }

        private void next() {
            TopicRecord topic = new TopicRecord("t" + changes, new Uuid(7, changes));
            ImageChange change = ImageChange.of(image, List.of(topic), new LogPosition(changes, 1));
            image = change.after();
            bus.publish(MetadataUpdates.CHANGES, change);
            if (++changes < CHANGES) {
                context.runOnContext(turn -> next());
            } else {
                last.complete(image);
            }
        }
    }

    private static final class Follower extends VerticleBase {
        final List<ImageChange> seen = new CopyOnWriteArrayList<>();
        private final LocalBus bus;
        private final ClusterImage known;
        private final Promise<Void> end = Promise.promise();

        Follower(LocalBus bus, ClusterImage known) {
            this.bus = bus;
            this.known = known;
        }

        @Override
        public Future<?> start() {
            return new ImageClient(bus).follow(known, change -> {
                seen.add(change);
                if (change.after().topics().byId().size() == CHANGES) {
                    end.complete();
                }
            });
        }

        Future<Void> reached(ClusterImage last) {
            return end.future().map(done -> {
                assertThat(seen.get(seen.size() - 1).after()).isSameAs(last);
                return null;
            });
        }
    }
}
