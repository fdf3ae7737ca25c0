package dev.weir.network.api;

import dev.weir.group.GroupClient;
import io.vertx.core.Future;
import org.apache.kafka.common.message.ConsumerGroupDescribeRequestData;
import org.apache.kafka.common.message.ConsumerGroupDescribeResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.Errors;

/** ConsumerGroupDescribe (KIP-848); adds what the client may do with each group if it asks for that (KIP-430). */
final class ConsumerGroupDescribeHandler implements ApiHandler<ConsumerGroupDescribeRequestData> {
    private final ConsumerProtocolHandler<ConsumerGroupDescribeRequestData> groups;

    ConsumerGroupDescribeHandler(BrokerView view, GroupClient groups) {
        this.groups =
                new ConsumerProtocolHandler<>(new GroupHandler<>(ApiKeys.CONSUMER_GROUP_DESCRIBE, view, groups), view);
    }

    @Override
    public ApiKeys api() {
        return groups.api();
    }

    @Override
    public Future<ApiMessage> handle(ConsumerGroupDescribeRequestData request, RequestContext context) {
        return groups.handle(request, context).onSuccess(answer -> {
            if (request.includeAuthorizedOperations()) {
                ((ConsumerGroupDescribeResponseData) answer)
                        .groups().stream()
                                .filter(g -> g.errorCode() == Errors.NONE.code())
                                .forEach(g -> g.setAuthorizedOperations(Operations.GROUP));
            }
        });
    }

    @Override
    public Errors refusal(ApiMessage response, short version) {
        return groups.refusal(response, version);
    }
}
