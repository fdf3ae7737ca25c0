package dev.weir.network.api;

import dev.weir.group.GroupClient;
import io.vertx.core.Future;
import org.apache.kafka.common.message.DescribeGroupsRequestData;
import org.apache.kafka.common.message.DescribeGroupsResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.Errors;

/** DescribeGroups; adds what the client may do with each group if it asks for that (KIP-430). */
final class DescribeGroupsHandler implements ApiHandler<DescribeGroupsRequestData> {
    private final GroupHandler<DescribeGroupsRequestData> groups;

    DescribeGroupsHandler(BrokerView view, GroupClient groups) {
        this.groups = new GroupHandler<>(ApiKeys.DESCRIBE_GROUPS, view, groups);
    }

    @Override
    public ApiKeys api() {
        return groups.api();
    }

    @Override
    public Future<ApiMessage> handle(DescribeGroupsRequestData request, RequestContext context) {
        return groups.handle(request, context).onSuccess(answer -> {
            if (request.includeAuthorizedOperations()) {
                ((DescribeGroupsResponseData) answer)
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
