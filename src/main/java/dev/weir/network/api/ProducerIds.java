package dev.weir.network.api;

import dev.weir.bus.BusException;
import dev.weir.controller.ControllerClient;
import io.vertx.core.Future;
import org.apache.kafka.common.message.AllocateProducerIdsRequestData;
import org.apache.kafka.common.message.AllocateProducerIdsResponseData;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

/** Hands out producer ids from blocks that the controller allocates, so that none is ever given twice. One for each verticle. */
final class ProducerIds {
    private final BrokerView view;
    private final ControllerClient controller;
    private long next;
    private long end;
    private @Nullable Future<Void> refill;

    ProducerIds(BrokerView view, ControllerClient controller) {
        this.view = view;
        this.controller = controller;
    }

    /** An id that nobody has. */
    Future<Long> next() {
        if (next < end) {
            return Future.succeededFuture(next++);
        }
        Future<Void> pending = refill;
        if (pending == null) {
            pending = controller
                    .allocateProducerIds(new AllocateProducerIdsRequestData()
                            .setBrokerId(view.brokerId())
                            .setBrokerEpoch(view.image()
                                    .broker(view.brokerId())
                                    .map(broker -> broker.epoch())
                                    .orElse(-1L)))
                    .compose(this::take)
                    .onComplete(done -> refill = null);
            refill = pending.isComplete() ? null : pending;
        }
        return pending.compose(filled -> next());
    }

    private Future<Void> take(AllocateProducerIdsResponseData block) {
        Errors error = Errors.forCode(block.errorCode());
        if (error != Errors.NONE) {
            return Future.failedFuture(new BusException(error, null));
        }
        next = block.producerIdStart();
        end = next + block.producerIdLen();
        return Future.succeededFuture();
    }
}
