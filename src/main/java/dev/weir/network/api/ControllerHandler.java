package dev.weir.network.api;

import dev.weir.controller.ControllerClient;
import io.vertx.core.Future;
import java.util.List;
import java.util.function.Function;
import org.apache.kafka.common.message.AllocateProducerIdsRequestData;
import org.apache.kafka.common.message.AlterPartitionRequestData;
import org.apache.kafka.common.message.AssignReplicasToDirsRequestData;
import org.apache.kafka.common.message.BrokerHeartbeatRequestData;
import org.apache.kafka.common.message.BrokerRegistrationRequestData;
import org.apache.kafka.common.message.ElectLeadersRequestData;
import org.apache.kafka.common.message.UnregisterBrokerRequestData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;

/** Any API that goes to the controller as it is, and back. */
final class ControllerHandler<D extends ApiMessage> implements ApiHandler<D> {
    private final ApiKeys api;
    private final Function<D, Future<? extends ApiMessage>> ask;

    private ControllerHandler(ApiKeys api, Function<D, Future<? extends ApiMessage>> ask) {
        this.api = api;
        this.ask = ask;
    }

    /** What other brokers ask. The controller itself refuses the registration of a broker of another cluster. */
    static List<ApiHandler<?>> ofPeers(ControllerClient own) {
        return List.of(
                new ControllerHandler<BrokerRegistrationRequestData>(ApiKeys.BROKER_REGISTRATION, own::registerBroker),
                new ControllerHandler<BrokerHeartbeatRequestData>(ApiKeys.BROKER_HEARTBEAT, own::heartbeat),
                new ControllerHandler<AssignReplicasToDirsRequestData>(
                        ApiKeys.ASSIGN_REPLICAS_TO_DIRS, own::assignReplicasToDirs),
                new ControllerHandler<AlterPartitionRequestData>(ApiKeys.ALTER_PARTITION, own::alterPartition),
                new ControllerHandler<AllocateProducerIdsRequestData>(
                        ApiKeys.ALLOCATE_PRODUCER_IDS, own::allocateProducerIds));
    }

    static ApiHandler<UnregisterBrokerRequestData> unregisterBroker(ControllerClient controller) {
        return new ControllerHandler<>(ApiKeys.UNREGISTER_BROKER, controller::unregisterBroker);
    }

    static ApiHandler<ElectLeadersRequestData> electLeaders(ControllerClient controller) {
        return new ControllerHandler<>(ApiKeys.ELECT_LEADERS, controller::electLeaders);
    }

    @Override
    public ApiKeys api() {
        return api;
    }

    @Override
    public Future<? extends ApiMessage> handle(D request, RequestContext context) {
        return ask.apply(request);
    }
}
