package dev.weir.network.api;

import dev.weir.controller.ProducerIdClient;
import io.vertx.core.Future;
import org.apache.kafka.common.errors.UnsupportedVersionException;
import org.apache.kafka.common.message.InitProducerIdRequestData;
import org.apache.kafka.common.message.InitProducerIdResponseData;
import org.apache.kafka.common.protocol.ApiKeys;

/** InitProducerId for idempotent producers; a request with a transactional id is refused. */
final class InitProducerIdHandler implements ApiHandler<InitProducerIdRequestData> {
    private final ProducerIdClient ids;

    InitProducerIdHandler(ProducerIdClient ids) {
        this.ids = ids;
    }

    @Override
    public ApiKeys api() {
        return ApiKeys.INIT_PRODUCER_ID;
    }

    @Override
    public Future<InitProducerIdResponseData> handle(InitProducerIdRequestData request, RequestContext context) {
        if (request.transactionalId() != null) {
            return Future.failedFuture(new UnsupportedVersionException("transactions are not supported"));
        }
        return ids.next()
                .map(id -> new InitProducerIdResponseData().setProducerId(id).setProducerEpoch((short) 0));
    }
}
