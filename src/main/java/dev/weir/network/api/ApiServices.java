package dev.weir.network.api;

import dev.weir.config.LoggerChanges;
import dev.weir.config.LoggerLevels;
import dev.weir.controller.ControllerClient;
import dev.weir.controller.ControllerRoute;
import dev.weir.controller.ProducerIdClient;
import dev.weir.group.GroupClient;
import dev.weir.partition.client.PartitionClient;
import dev.weir.partition.logdirs.LogDirsClient;
import dev.weir.peer.wire.QuorumApis;
import dev.weir.quorum.QuorumClient;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.IntSupplier;

/**
 * What the handlers of one network verticle work with.
 *
 * @param view the verticle's view of the cluster
 * @param partitions the partitions of this broker
 * @param directories its log directories
 * @param controller the controller
 * @param producerIds the ids that this broker gives to producers
 * @param quorum this broker's replica of the metadata log
 * @param answers the bytes of that log that are on their way to replicas
 * @param groups the groups that this broker coordinates
 * @param loggers the log levels of this process
 * @param gate keeps clients out until this broker is ready
 * @param networkVerticles how many verticles share the broker's fetch sessions
 */
public record ApiServices(
        BrokerView view,
        PartitionClient partitions,
        LogDirsClient directories,
        ControllerClient controller,
        ProducerIdClient producerIds,
        QuorumClient quorum,
        AnswerMemory answers,
        GroupClient groups,
        LoggerLevels loggers,
        ClientGate gate,
        int networkVerticles) {
    private static final int QUORUM_TIMEOUT_MS = 30_000;

    /** The handlers of every API that this broker serves. */
    public ApiTable table() {
        int slots = Math.max(1, view.config().fetch().sessionSlots() / networkVerticles);
        IntSupplier ids = () -> ThreadLocalRandom.current().nextInt(1, Integer.MAX_VALUE);
        LeaderEndpoints leaders = new LeaderEndpoints(quorum);
        List<ApiHandler<?>> handlers = new ArrayList<>(List.of(
                new MetadataHandler(view, controller),
                new DescribeTopicPartitionsHandler(view),
                new DescribeClusterHandler(view, quorum),
                new ProduceHandler(view, partitions),
                new FetchHandler(
                        view,
                        partitions,
                        new FetchSessions(slots, ids),
                        new ReplicaSessions(ids),
                        new QuorumHandler<>(QuorumApis.FETCH, view, quorum, answers, leaders),
                        gate),
                new ListOffsetsHandler(view, partitions),
                new OffsetForLeaderEpochHandler(view, partitions),
                new InitProducerIdHandler(producerIds),
                new DescribeConfigsHandler(view, loggers),
                new ListConfigResourcesHandler(view),
                new DescribeLogDirsHandler(view, partitions, directories),
                new AlterReplicaLogDirsHandler(view, partitions),
                new DeleteRecordsHandler(view, partitions),
                new DescribeProducersHandler(view, partitions),
                new FindCoordinatorHandler(view, controller)));
        handlers.addAll(GroupHandler.all(view, groups));
        handlers.addAll(administration(controller, controller.route(), leaders));
        handlers.addAll(QuorumHandler.ofPeers(view, quorum, answers, leaders));
        handlers.addAll(ControllerHandler.ofPeers(controller.local()));
        handlers.add(new EnvelopeHandler(administration(controller.local(), ControllerRoute.LOCAL, leaders)));
        return new ApiTable(view, handlers, gate);
    }

    /** What the active controller decides; forwarded to it if the route does that. */
    private List<ApiHandler<?>> administration(
            ControllerClient decider, ControllerRoute route, LeaderEndpoints leaders) {
        return List.of(
                new CreateTopicsHandler(decider),
                new DeleteTopicsHandler(decider),
                new CreatePartitionsHandler(decider),
                new AlterConfigsHandler(decider),
                new IncrementalAlterConfigsHandler(decider, new LoggerChanges(view.brokerId(), loggers)),
                new AlterPartitionReassignmentsHandler(decider),
                new ListPartitionReassignmentsHandler(view),
                ControllerHandler.unregisterBroker(decider),
                new UpdateFeaturesHandler(decider),
                ControllerHandler.electLeaders(decider),
                new DescribeQuorumVersions(
                        new RoutedHandler<>(new DescribeQuorumHandler(quorum), route, request -> QUORUM_TIMEOUT_MS)),
                new RoutedHandler<>(
                        new QuorumHandler<>(QuorumApis.ADD_VOTER, view, quorum, answers, leaders),
                        route,
                        request -> request.timeoutMs()),
                new RoutedHandler<>(
                        new QuorumHandler<>(QuorumApis.REMOVE_VOTER, view, quorum, answers, leaders),
                        route,
                        request -> QUORUM_TIMEOUT_MS));
    }
}
