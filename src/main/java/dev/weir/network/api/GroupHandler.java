package dev.weir.network.api;

import dev.weir.group.GroupClient;
import dev.weir.group.GroupRefusals;
import io.vertx.core.Future;
import java.util.List;
import java.util.stream.Stream;
import org.apache.kafka.common.errors.UnsupportedVersionException;
import org.apache.kafka.common.message.ConsumerGroupDescribeRequestData;
import org.apache.kafka.common.message.ConsumerGroupDescribeResponseData;
import org.apache.kafka.common.message.DescribeGroupsRequestData;
import org.apache.kafka.common.message.DescribeGroupsResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.Errors;

/** The requests to groups, all of which go to their coordinator as they are. */
final class GroupHandler implements ApiHandler<ApiMessage> {
    private static final String CONSUMER = "consumer";

    private final ApiKeys api;
    private final BrokerView view;
    private final GroupClient groups;

    private GroupHandler(ApiKeys api, BrokerView view, GroupClient groups) {
        this.api = api;
        this.view = view;
        this.groups = groups;
    }

    /** One handler for each group API. */
    static List<ApiHandler<?>> all(BrokerView view, GroupClient groups) {
        return Stream.of(
                        ApiKeys.JOIN_GROUP,
                        ApiKeys.SYNC_GROUP,
                        ApiKeys.HEARTBEAT,
                        ApiKeys.LEAVE_GROUP,
                        ApiKeys.OFFSET_COMMIT,
                        ApiKeys.OFFSET_FETCH,
                        ApiKeys.OFFSET_DELETE,
                        ApiKeys.LIST_GROUPS,
                        ApiKeys.DESCRIBE_GROUPS,
                        ApiKeys.DELETE_GROUPS,
                        ApiKeys.CONSUMER_GROUP_HEARTBEAT,
                        ApiKeys.CONSUMER_GROUP_DESCRIBE)
                .<ApiHandler<?>>map(api -> new GroupHandler(api, view, groups))
                .toList();
    }

    @Override
    public ApiKeys api() {
        return api;
    }

    @Override
    public Future<ApiMessage> handle(ApiMessage request, RequestContext context) {
        if (isConsumerProtocol() && !view.config().consumerGroups().protocols().contains(CONSUMER)) {
            return Future.failedFuture(new UnsupportedVersionException(
                    "the consumer protocol is switched off (group.coordinator.rebalance.protocols)"));
        }
        String host = "/" + context.client().getHostAddress();
        return groups.ask(request, new GroupClient.Caller(context.version(), context.clientId(), host), view.image())
                .map(answer -> withOperations(request, answer));
    }

    @Override
    public Errors refusal(ApiMessage response, short version) {
        return GroupRefusals.of(response, version);
    }

    private boolean isConsumerProtocol() {
        return api == ApiKeys.CONSUMER_GROUP_HEARTBEAT || api == ApiKeys.CONSUMER_GROUP_DESCRIBE;
    }

    private static ApiMessage withOperations(ApiMessage request, ApiMessage answer) {
        if (request instanceof DescribeGroupsRequestData r && r.includeAuthorizedOperations()) {
            ((DescribeGroupsResponseData) answer)
                    .groups().stream()
                            .filter(g -> g.errorCode() == Errors.NONE.code())
                            .forEach(g -> g.setAuthorizedOperations(Operations.GROUP));
        } else if (request instanceof ConsumerGroupDescribeRequestData r && r.includeAuthorizedOperations()) {
            ((ConsumerGroupDescribeResponseData) answer)
                    .groups().stream()
                            .filter(g -> g.errorCode() == Errors.NONE.code())
                            .forEach(g -> g.setAuthorizedOperations(Operations.GROUP));
        }
        return answer;
    }
}
