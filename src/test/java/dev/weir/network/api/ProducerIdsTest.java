package dev.weir.network.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.bus.Address;
import dev.weir.bus.BusException;
import dev.weir.bus.LocalBus;
import dev.weir.config.BrokerConfig;
import dev.weir.controller.ControllerClient;
import dev.weir.metadata.ClusterImage;
import dev.weir.metadata.NewestImage;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.junit5.VertxExtension;
import io.vertx.junit5.VertxTestContext;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.message.AllocateProducerIdsRequestData;
import org.apache.kafka.common.message.AllocateProducerIdsResponseData;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(VertxExtension.class)
class ProducerIdsTest {
    private static final Address<AllocateProducerIdsRequestData, AllocateProducerIdsResponseData> CONTROLLER =
            new Address<>("controller.allocate-producer-ids", 10);

    @Test
    void shouldGiveEachIdOnceFromOneBlockAfterTheOther(Vertx vertx, VertxTestContext test) {
        LocalBus bus = new LocalBus(vertx);
        int[] blocks = new int[1];
        bus.serve(
                CONTROLLER,
                request -> Future.succeededFuture(new AllocateProducerIdsResponseData()
                        .setProducerIdStart(1_000L * blocks[0]++)
                        .setProducerIdLen(3)));
        ProducerIds ids = ids(bus);
        vertx.runOnContext(ignored -> {
            List<Future<Long>> asked = new ArrayList<>();
            for (int i = 0; i < 7; i++) {
                asked.add(ids.next());
            }
            Future.all(asked)
                    .onComplete(test.succeeding(all -> test.verify(() -> {
                        assertThat(all.<Long>list()).containsExactlyInAnyOrder(0L, 1L, 2L, 1000L, 1001L, 1002L, 2000L);
                        assertThat(blocks[0]).isEqualTo(3);
                        test.completeNow();
                    })));
        });
    }

    @Test
    void shouldAskAgainAfterTheControllerHasFailed(Vertx vertx, VertxTestContext test) {
        LocalBus bus = new LocalBus(vertx);
        int[] asked = new int[1];
        bus.serve(
                CONTROLLER,
                request -> Future.succeededFuture(
                        asked[0]++ == 0
                                ? new AllocateProducerIdsResponseData().setErrorCode(Errors.STALE_BROKER_EPOCH.code())
                                : new AllocateProducerIdsResponseData()
                                        .setProducerIdStart(5)
                                        .setProducerIdLen(1)));
        ProducerIds ids = ids(bus);
        vertx.runOnContext(ignored -> ids.next().onComplete(test.failing(first -> {
            test.verify(() -> assertThat(BusException.errorOf(first)).isEqualTo(Errors.STALE_BROKER_EPOCH));
            ids.next()
                    .onComplete(test.succeeding(id -> test.verify(() -> {
                        assertThat(id).isEqualTo(5);
                        test.completeNow();
                    })));
        })));
    }

    private static ProducerIds ids(LocalBus bus) {
        BrokerView view = new BrokerView(1, BrokerConfig.defaults(), new NewestImage(ClusterImage.empty("cluster")));
        return new ProducerIds(view, new ControllerClient(bus));
    }
}
