package dev.weir.network.api;

import dev.weir.group.GroupClient;
import dev.weir.group.api.GroupApis;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.apache.kafka.common.message.ConsumerGroupHeartbeatRequestData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.Errors;

/** Any group API that goes to the coordinator of its group as it is, and back. */
final class GroupHandler<D extends ApiMessage> implements ApiHandler<D> {
    /** Not served before transactions are. */
    private static final Set<ApiKeys> NOT_SERVED = EnumSet.of(ApiKeys.TXN_OFFSET_COMMIT);

    private final ApiKeys api;
    private final BrokerView view;
    private final GroupClient groups;

    GroupHandler(ApiKeys api, BrokerView view, GroupClient groups) {
        this.api = api;
        this.view = view;
        this.groups = groups;
    }

    /** One handler for each row of {@link GroupApis}. */
    static List<ApiHandler<?>> all(BrokerView view, GroupClient groups) {
        List<ApiHandler<?>> handlers = new ArrayList<>();
        GroupApis.all().stream()
                .map(row -> row.key())
                .filter(key -> !NOT_SERVED.contains(key))
                .forEach(key -> handlers.add(
                        switch (key) {
                            case DESCRIBE_GROUPS -> new DescribeGroupsHandler(view, groups);
                            case CONSUMER_GROUP_DESCRIBE -> new ConsumerGroupDescribeHandler(view, groups);
                            case CONSUMER_GROUP_HEARTBEAT ->
                                new ConsumerProtocolHandler<>(
                                        new GroupHandler<ConsumerGroupHeartbeatRequestData>(key, view, groups), view);
                            default -> new GroupHandler<>(key, view, groups);
                        }));
        return handlers;
    }

    @Override
    public ApiKeys api() {
        return api;
    }

    @Override
    public Future<ApiMessage> handle(D request, RequestContext context) {
        String host = "/" + context.client().getHostAddress();
        return groups.ask(request, context.version(), context.clientId(), host, view.image());
    }

    @Override
    public Errors refusal(ApiMessage response, short version) {
        return GroupApis.refusal(response, version);
    }
}
