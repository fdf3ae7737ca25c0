package dev.weir.network.api;

import io.vertx.core.Future;
import org.apache.kafka.common.errors.UnsupportedVersionException;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.Errors;

/** An API of the consumer protocol (KIP-848), refused while the protocol is switched off. */
final class ConsumerProtocolHandler<D extends ApiMessage> implements ApiHandler<D> {
    private static final String CONSUMER = "consumer";

    private final GroupHandler<D> groups;
    private final BrokerView view;

    ConsumerProtocolHandler(GroupHandler<D> groups, BrokerView view) {
        this.groups = groups;
        this.view = view;
    }

    @Override
    public ApiKeys api() {
        return groups.api();
    }

    @Override
    public Future<ApiMessage> handle(D request, RequestContext context) {
        if (!view.config().consumerGroups().protocols().contains(CONSUMER)) {
            return Future.failedFuture(new UnsupportedVersionException(
                    "the consumer protocol is switched off (group.coordinator.rebalance.protocols)"));
        }
        return groups.handle(request, context);
    }

    @Override
    public Errors refusal(ApiMessage response, short version) {
        return groups.refusal(response, version);
    }
}
