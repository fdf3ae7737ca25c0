package dev.weir.network.api;

import dev.weir.metadata.ClusterImage;
import io.vertx.core.Future;
import org.apache.kafka.common.message.DescribeClusterRequestData;
import org.apache.kafka.common.message.DescribeClusterResponseData;
import org.apache.kafka.common.message.DescribeClusterResponseData.DescribeClusterBroker;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;

/** DescribeCluster (KIP-700): the brokers, fenced ones where asked for. There are no endpoints of controllers. */
final class DescribeClusterHandler implements ApiHandler<DescribeClusterRequestData> {
    private static final byte BROKERS = 1;

    private final BrokerView view;

    DescribeClusterHandler(BrokerView view) {
        this.view = view;
    }

    @Override
    public ApiKeys api() {
        return ApiKeys.DESCRIBE_CLUSTER;
    }

    @Override
    public Future<DescribeClusterResponseData> handle(DescribeClusterRequestData request, RequestContext context) {
        if (request.endpointType() != BROKERS) {
            return Future.succeededFuture(new DescribeClusterResponseData()
                    .setErrorCode((request.endpointType() == 2
                                    ? Errors.MISMATCHED_ENDPOINT_TYPE
                                    : Errors.UNSUPPORTED_ENDPOINT_TYPE)
                            .code())
                    .setErrorMessage("this is a broker's endpoint"));
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
}
