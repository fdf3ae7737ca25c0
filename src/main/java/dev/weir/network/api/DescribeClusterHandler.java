package dev.weir.network.api;

import dev.weir.config.ListenerSettings;
import dev.weir.metadata.ClusterImage;
import dev.weir.quorum.QuorumClient;
import dev.weir.quorum.QuorumView;
import io.vertx.core.Future;
import org.apache.kafka.common.message.DescribeClusterRequestData;
import org.apache.kafka.common.message.DescribeClusterResponseData;
import org.apache.kafka.common.message.DescribeClusterResponseData.DescribeClusterBroker;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;

/**
 * DescribeCluster (KIP-700): the brokers, fenced ones where asked for; or the controllers, on a listener that is for them
 * (KIP-919).
 */
final class DescribeClusterHandler implements ApiHandler<DescribeClusterRequestData> {
    private static final byte BROKERS = 1;
    private static final byte CONTROLLERS = 2;

    private final BrokerView view;
    private final QuorumClient quorum;

    DescribeClusterHandler(BrokerView view, QuorumClient quorum) {
        this.view = view;
        this.quorum = quorum;
    }

    @Override
    public ApiKeys api() {
        return ApiKeys.DESCRIBE_CLUSTER;
    }

    @Override
    public Future<DescribeClusterResponseData> handle(DescribeClusterRequestData request, RequestContext context) {
        ListenerSettings listeners = view.config().listeners();
        boolean controllers = request.endpointType() == CONTROLLERS;
        if (!controllers && request.endpointType() != BROKERS) {
            return refused(Errors.UNSUPPORTED_ENDPOINT_TYPE, "there are no endpoints of that type");
        }
        if (controllers && !listeners.isForControllers(context.listener())) {
            return refused(Errors.MISMATCHED_ENDPOINT_TYPE, "this is a broker's endpoint");
        }
        if (!controllers && !listeners.isForBrokers(context.listener())) {
            return refused(Errors.MISMATCHED_ENDPOINT_TYPE, "this is a controller's endpoint");
        }
        if (controllers) {
            return quorum.viewForClient().map(known -> controllers(known, request, context.listener()));
        }
        ClusterImage image = view.image();
        DescribeClusterResponseData response = new DescribeClusterResponseData()
                .setClusterId(image.clusterId())
                .setControllerId(view.brokerId())
                .setEndpointType(BROKERS)
                .setClusterAuthorizedOperations(
                        request.includeClusterAuthorizedOperations() ? Operations.CLUSTER : Operations.NOT_ASKED);
        image.brokers().values().stream()
                .filter(broker -> !broker.fenced() || request.includeFencedBrokers())
                .forEach(broker -> broker.endpoint(context.listener()).ifPresent(endpoint -> response.brokers()
                        .add(new DescribeClusterBroker()
                                .setBrokerId(broker.id())
                                .setHost(endpoint.host())
                                .setPort(endpoint.port())
                                .setRack(broker.rack())
                                .setIsFenced(broker.fenced()))));
        return Future.succeededFuture(response);
    }

    private static Future<DescribeClusterResponseData> refused(Errors error, String message) {
        return Future.succeededFuture(
                new DescribeClusterResponseData().setErrorCode(error.code()).setErrorMessage(message));
    }

    private DescribeClusterResponseData controllers(
            QuorumView known, DescribeClusterRequestData request, String listener) {
        DescribeClusterResponseData response = new DescribeClusterResponseData()
                .setClusterId(view.image().clusterId())
                .setControllerId(known.leaderId())
                .setEndpointType(CONTROLLERS)
                .setClusterAuthorizedOperations(
                        request.includeClusterAuthorizedOperations() ? Operations.CLUSTER : Operations.NOT_ASKED);
        known.voterSet().voters().forEach(voter -> voter.endpoints().stream()
                .filter(endpoint -> endpoint.listener().equals(listener))
                .findFirst()
                .ifPresent(endpoint -> response.brokers()
                        .add(new DescribeClusterBroker()
                                .setBrokerId(voter.id())
                                .setHost(endpoint.host())
                                .setPort(endpoint.port()))));
        return response;
    }
}
