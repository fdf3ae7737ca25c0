package dev.weir.network.api;

import dev.weir.config.LoggerChanges;
import dev.weir.config.LoggerLevels;
import dev.weir.controller.ControllerClient;
import dev.weir.group.GroupClient;
import dev.weir.partition.client.PartitionClient;
import dev.weir.partition.logdirs.LogDirsClient;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;

/**
 * What the handlers of one network verticle work with.
 *
 * @param view the verticle's view of the cluster
 * @param partitions the partitions of this broker
 * @param directories its log directories
 * @param controller the controller
 * @param groups the groups that this broker coordinates
 * @param loggers the log levels of this process
 * @param networkVerticles how many verticles share the broker's fetch sessions
 */
public record ApiServices(
        BrokerView view,
        PartitionClient partitions,
        LogDirsClient directories,
        ControllerClient controller,
        GroupClient groups,
        LoggerLevels loggers,
        int networkVerticles) {

    /** The handlers of every API that this broker serves. */
    public ApiTable table() {
        int slots = Math.max(1, view.config().fetch().sessionSlots() / networkVerticles);
        FetchSessions sessions =
                new FetchSessions(slots, () -> ThreadLocalRandom.current().nextInt(1, Integer.MAX_VALUE));
        List<ApiHandler<?>> handlers = new ArrayList<>(List.of(
                new MetadataHandler(view, controller),
                new DescribeTopicPartitionsHandler(view),
                new DescribeClusterHandler(view),
                new ProduceHandler(view, partitions),
                new FetchHandler(view, partitions, sessions),
                new ListOffsetsHandler(view, partitions),
                new OffsetForLeaderEpochHandler(view, partitions),
                new InitProducerIdHandler(new ProducerIds(view, controller)),
                new CreateTopicsHandler(controller),
                new DeleteTopicsHandler(controller),
                new CreatePartitionsHandler(controller),
                new AlterConfigsHandler(controller),
                new IncrementalAlterConfigsHandler(controller, new LoggerChanges(view.brokerId(), loggers)),
                new DescribeConfigsHandler(view, loggers),
                new ListConfigResourcesHandler(view),
                new DescribeLogDirsHandler(view, partitions, directories),
                new AlterReplicaLogDirsHandler(view, partitions),
                new DeleteRecordsHandler(view, partitions),
                new DescribeProducersHandler(view, partitions),
                new AlterPartitionReassignmentsHandler(controller),
                new ListPartitionReassignmentsHandler(view),
                new FindCoordinatorHandler(view, controller)));
        handlers.addAll(GroupHandler.all(view, groups));
        return new ApiTable(view, handlers);
    }
}
